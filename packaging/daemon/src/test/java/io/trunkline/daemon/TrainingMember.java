package io.trunkline.daemon;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.parameter;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Answers as PostgreSQL does: lets everybody in, and has the same row for every statement
 * (PostgreSQL docs: "Message Flow").
 */
final class TrainingMember implements AutoCloseable {
  private static final int CANCEL_REQUEST = 80877102;
  private static final int SSL_REQUEST = 80877103;
  private static final int LONGEST_STARTUP = 10_000;

  private static final byte[] WELCOME =
      join(
          message('R', new byte[4]),
          parameter("client_encoding", "UTF8"),
          parameter("DateStyle", "ISO, MDY"),
          parameter("integer_datetimes", "on"),
          parameter("in_hot_standby", "off"),
          parameter("server_version", "17.2"),
          parameter("standard_conforming_strings", "on"),
          parameter("TimeZone", "UTC"),
          message('K', ByteBuffer.allocate(8).putInt(4711).putInt(4712).array()),
          message('Z', "I"));

  private static final byte[] ROW =
      join(
          message('D', new byte[] {0, 1, 0, 0, 0, 2, '4', '2'}),
          message('C', "SELECT 1\0"),
          message('Z', "I"));

  private static final byte[] TO_QUERY =
      join(
          message(
              'T',
              join(
                  new byte[] {0, 1},
                  "?column?\0".getBytes(StandardCharsets.US_ASCII),
                  new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, -1, -1, -1, -1, 0, 0})),
          ROW);

  private static final byte[] TO_EXTENDED = join(message('1'), message('2'), ROW);

  private final ServerSocket socket;

  TrainingMember() throws IOException {
    socket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("training member").start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    try {
      while (!socket.isClosed()) {
        Socket peer = socket.accept();
        Thread.ofVirtual().name("training session").start(() -> serve(peer));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private static void serve(Socket peer) {
    try (peer) {
      peer.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(peer.getInputStream());
      OutputStream out = peer.getOutputStream();
      int code = opening(in);
      while (code == SSL_REQUEST) {
        out.write('N');
        code = opening(in);
      }
      if (code != CANCEL_REQUEST) {
        out.write(WELCOME);
        answer(in, out);
      }
    } catch (IOException e) {
      // The session is over.
    }
  }

  private static int opening(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 2 * Integer.BYTES || length > LONGEST_STARTUP) {
      throw new IOException("no startup packet");
    }
    int code = in.readInt();
    in.skipNBytes(length - 2L * Integer.BYTES);
    return code;
  }

  /** A client sends the next query, or batch, once it has the answer: each comes in one piece. */
  private static void answer(DataInputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1024];
    for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
      if (buffer[0] == 'X') {
        return;
      }
      out.write(buffer[0] == 'Q' ? TO_QUERY : TO_EXTENDED);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
