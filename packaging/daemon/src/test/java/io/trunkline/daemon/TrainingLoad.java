package io.trunkline.daemon;

import static io.trunkline.daemon.TrainingMember.join;
import static io.trunkline.daemon.TrainingMember.message;
import static io.trunkline.daemon.TrainingMember.text;

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

  private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xD2, 0x16, 0x2F};
  private static final byte[] CANCEL_REQUEST =
      ByteBuffer.allocate(16).putInt(16).putInt(80877102).putInt(4711).putInt(4712).array();

  private static final byte[] STARTUP = startup();
  private static final byte[] QUERY = message('Q', text("SELECT 42"));
  private static final byte[] TERMINATE = message('X', new byte[0]);
  private static final byte[] EXTENDED =
      join(
          message('P', join(text(""), text("SELECT 42"), new byte[] {0, 0})),
          message('B', new byte[] {0, 0, 0, 0, 0, 0, 0, 0}),
          message('E', new byte[] {0, 0, 0, 0, 0}),
          message('S', new byte[0]));

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
    out.write(STARTUP);
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

  private static byte[] startup() {
    byte[] parameters = join(text("user"), text("a"), text("database"), text("b"), text(""));
    return ByteBuffer.allocate(8 + parameters.length)
        .putInt(8 + parameters.length)
        .putInt(3 << 16)
        .put(parameters)
        .array();
  }
}
