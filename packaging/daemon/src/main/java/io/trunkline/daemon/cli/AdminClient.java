package io.trunkline.daemon.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks the daemon over its control socket: one request per connection. */
final class AdminClient {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String NO_ANSWER = "it did not answer in time";
  private static final int LONGEST = 64 << 20;

  private final Path socket;
  private final Duration patience;

  AdminClient(Path socket) {
    this(socket, PATIENCE);
  }

  AdminClient(Path socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  /**
   * What the daemon answered.
   *
   * @param status of HTTP
   */
  record Answer(int status, String body) {
    /** The body, unless it says why the daemon refuses. */
    String good() throws IOException {
      if (status != 200) {
        throw new IOException(body.strip());
      }
      return body.strip();
    }
  }

  /** A page that must be there. */
  String get(String path) throws Unreachable, IOException {
    Answer answer = exchange("GET", path);
    if (answer.status() != 200) {
      throw new IOException("the daemon answered %s with %s".formatted(path, answer));
    }
    return answer.body();
  }

  /** A page that may refuse what it is asked. */
  Answer ask(String path) throws Unreachable {
    return exchange("GET", path);
  }

  Answer post(String path) throws Unreachable {
    return exchange("POST", path);
  }

  private Answer exchange(String method, String path) throws Unreachable {
    String request =
        "%s %s HTTP/1.1\r\nHost: trunkline\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .formatted(method, path);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      CompletableFuture<Void> overdue =
          CompletableFuture.runAsync(
              () -> closeQuietly(channel),
              CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
      try {
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
        byte[] bytes = Channels.newInputStream(channel).readNBytes(LONGEST);
        return parse(new String(bytes, StandardCharsets.UTF_8));
      } finally {
        overdue.cancel(false);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new Unreachable("the daemon is not reachable at %s: %s".formatted(socket, reason(e)));
    }
  }

  private static Answer parse(String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.matches("(?s)HTTP/1\\.1 \\d{3} .*")) {
      throw new IOException(NO_ANSWER);
    }
    return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
  }

  private String reason(Exception failure) {
    if (Files.notExists(socket)) {
      return "the socket does not exist; is the daemon running?";
    }
    if (failure instanceof AsynchronousCloseException) {
      return NO_ANSWER;
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("refused")) {
      return "no process listens there; is the daemon running?";
    }
    if (message.contains("ermission")) {
      return "permission denied; use root or the group of the socket";
    }
    return message;
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is being given up anyway.
    }
  }
}
