package io.trunkline.daemon;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;

import io.trunkline.pgwire.Packets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** Sessions of short transactions, one after the other, as many as it takes to be compiled. */
final class TrainingLoad {
  private static final int SESSIONS = 60;
  private static final int TRANSACTIONS = 500;
  private static final int PATIENCE_MILLIS = 10_000;

  private static final byte[] SSL_REQUEST = packet(80877103, new byte[0]);
  private static final byte[] CANCEL_REQUEST =
      packet(80877102, ByteBuffer.allocate(8).putInt(4711).putInt(4712).array());
  private static final byte[] QUERY = message('Q', "SELECT 42\0");
  private static final byte[] TERMINATE = message('X');
  private static final byte[] EXTENDED =
      join(
          message('P', "\0SELECT 42\0\0\0"),
          message('B', new byte[8]),
          message('E', new byte[5]),
          message('S'));

  private final InetSocketAddress listener;
  private final byte[] buffer = new byte[4096];

  TrainingLoad(int port) {
    listener = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /**
   * Runs it.
   *
   * @throws IOException if anything is not answered
   */
  void run() throws IOException {
    for (int i = 0; i < SESSIONS; i++) {
      try (Socket client = connect()) {
        session(client);
      }
    }
  }

  private void session(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = client.getOutputStream();
    out.write(SSL_REQUEST);
    if (in.read() != 'N') {
      throw new IOException("the answer to the request for TLS is not N");
    }
    out.write(Packets.startup());
    awaitReady(in);
    for (int i = 0; i < TRANSACTIONS; i++) {
      out.write(i % 2 == 0 ? EXTENDED : QUERY);
      awaitReady(in);
    }
    try (Socket other = connect()) {
      other.getOutputStream().write(CANCEL_REQUEST);
      other.getInputStream().readAllBytes(); // its end says that the request was taken
    }
    out.write(TERMINATE);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(listener, PATIENCE_MILLIS);
    return socket;
  }

  /** All that was asked for is answered. */
  private void awaitReady(InputStream in) throws IOException {
    int length = 0;
    do {
      int more = in.read(buffer, length, buffer.length - length);
      if (more <= 0) {
        throw new IOException("the session has ended");
      }
      length += more;
    } while (length < 6 || buffer[length - 6] != 'Z' || buffer[length - 1] != 'I');
  }
}
