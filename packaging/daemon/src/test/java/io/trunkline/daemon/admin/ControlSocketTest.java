package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("admin.sock");
  }

  private static ServerSocketChannel listen(Path at) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(at));
  }

  private ServerSocketChannel publish(ControlSocket socket) throws IOException {
    Path draft = socket.prepare(false);
    ServerSocketChannel server = listen(draft);
    socket.publish(draft);
    return server;
  }

  @Test
  void appearsWithItsPermissionsAndGoes() throws IOException {
    ControlSocket socket = new ControlSocket(path);
    try (ServerSocketChannel _ = publish(socket)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-rw----");
      socket.remove();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void oneLeftBehindIsReplaced() throws IOException {
    listen(path).close();
    assertThat(path).exists();
    try (ServerSocketChannel _ = publish(new ControlSocket(path))) {
      assertThat(path).exists();
    }
  }

  @Test
  void oneThatAnswersIsNot() throws IOException {
    try (ServerSocketChannel _ = listen(path)) {
      assertThatThrownBy(() -> new ControlSocket(path).prepare(false))
          .hasMessage("another trunkline answers there");
    }
  }

  @Test
  void aFileIsNot() throws IOException {
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> new ControlSocket(path).prepare(false))
        .hasMessage("there is a file of that name that is not a socket");
    assertThat(path).hasContent("precious");
  }

  @Test
  void anothersIsNotRemoved() throws IOException {
    ControlSocket mine = new ControlSocket(path);
    try (ServerSocketChannel _ = publish(mine)) {
      Files.delete(path);
      try (ServerSocketChannel _ = listen(path)) {
        mine.remove();
        assertThat(path).exists();
      }
    }
  }

  @Test
  void aMissingDirectoryIsMadeButNotItsParents() throws IOException {
    new ControlSocket(directory.resolve("run/admin.sock")).prepare(false);
    assertThat(directory.resolve("run")).isDirectory();
    assertThatThrownBy(
            () -> new ControlSocket(directory.resolve("no/run/admin.sock")).prepare(false))
        .hasMessage("its directory does not exist and cannot be made");
  }
}
