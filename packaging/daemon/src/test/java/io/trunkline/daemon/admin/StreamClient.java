package io.trunkline.daemon.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Follows {@code /api/v1/stream}. */
final class StreamClient implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader reader;

  StreamClient(RunningAdmin admin, String... headers) throws IOException {
    socket = admin.connect();
    reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1_024);
    send("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n");
  }

  void send(String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** Status line and headers. */
  String head() throws IOException {
    return next();
  }

  /** All up to the next empty line, without it. */
  String next() throws IOException {
    StringBuilder block = new StringBuilder();
    for (String line = reader.readLine(); line != null && !line.isEmpty(); ) {
      block.append(block.isEmpty() ? "" : "\n").append(line);
      line = reader.readLine();
    }
    return block.toString();
  }

  String nextStatus() throws IOException {
    return next("event: status");
  }

  String nextEvent() throws IOException {
    return next("event: event");
  }

  private String next(String kind) throws IOException {
    String block = next();
    while (!block.startsWith(kind)) {
      if (block.isEmpty()) {
        throw new IOException("the stream ended");
      }
      block = next();
    }
    return block;
  }

  /** How many characters are still to come, up to the end. */
  long readToTheEnd() throws IOException {
    long read = 0;
    char[] some = new char[8_192];
    for (int n = reader.read(some); n >= 0; n = reader.read(some)) {
      read += n;
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
