package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class AdminClientTest {
  @TempDir Path directory;
  private Path socket;
  private AdminClient client;
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    socket = directory.resolve("s");
    client = new AdminClient(socket, Duration.ofMillis(300));
    server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /** Answers the first client with that, and closes. */
  private void answer(String text) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (SocketChannel channel = server.accept()) {
                channel.read(ByteBuffer.allocate(1_000));
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
  }

  @Test
  void anAnswer() throws Exception {
    answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    assertThat(client.get("/")).isEqualTo("hi");
  }

  @Test
  void aRefusal() {
    answer("HTTP/1.1 500 Oops\r\n\r\nno");
    assertThatThrownBy(() -> client.get("/x")).isInstanceOf(IOException.class);
  }

  @Test
  void aDaemonThatHangs() {
    assertThatThrownBy(() -> client.get("/"))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("did not answer in time");
  }

  @Test
  void somethingElseAltogether() {
    answer("220 mail.example.org ESMTP\r\n");
    assertThatThrownBy(() -> client.get("/")).isInstanceOf(Unreachable.class);
  }

  @Test
  void aSocketLeftBehind() throws IOException {
    server.close();
    assertThatThrownBy(() -> client.get("/"))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("no process listens there; is the daemon running?");
  }
}
