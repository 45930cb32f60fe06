package io.trunkline.daemon.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A control socket on which every request gets what a script says. */
final class AnsweringDaemon implements AutoCloseable {
  private final Path socket;
  private final Function<String, String> script;
  private final ServerSocketChannel server;

  /**
   * @param script the body for {@code GET /path}
   */
  AnsweringDaemon(Path socket, Function<String, String> script) throws IOException {
    this.socket = socket;
    this.script = script;
    this.server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    try {
      while (true) {
        answer(server.accept());
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void answer(SocketChannel client) throws IOException {
    try (client) {
      ByteBuffer request = ByteBuffer.allocate(1_000);
      client.read(request);
      String line = StandardCharsets.UTF_8.decode(request.flip()).toString().split(" HTTP", 2)[0];
      String answer = "HTTP/1.1 200 OK\r\n\r\n" + script.apply(line);
      client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }
}
