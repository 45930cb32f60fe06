package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningDaemonsTest {
  private static final String HEADING = "Num       RefCount Protocol Flags    Type St Inode Path\n";

  @TempDir Path directory;

  private Path socket(String name) throws IOException {
    return Files.createFile(directory.resolve(name));
  }

  private Path proc() {
    return directory.resolve("proc");
  }

  private void process(long number, String... words) throws IOException {
    Files.createDirectories(proc().resolve("" + number));
    Files.writeString(proc().resolve(number + "/cmdline"), String.join("\0", words) + "\0");
  }

  private void daemon(long number) throws IOException {
    process(
        number,
        "/opt/jdk/bin/java",
        "-Xmx512m",
        "-jar",
        "/usr/lib/trunkline/lib/trunkline.jar",
        "run",
        "-c",
        "elsewhere.yaml");
  }

  private static String listening(Path path) {
    return "ffff8800: 00000002 00000000 00010000 0001 01 4711 " + path + "\n";
  }

  private void kernel(String... lines) throws IOException {
    Files.createDirectories(proc().resolve("net"));
    Files.writeString(proc().resolve("net/unix"), HEADING + String.join("", lines));
  }

  private Set<Path> found() {
    return new RunningDaemons(proc(), List.of(System.getProperty("user.name"))).sockets();
  }

  @Test
  void theSocketOfAProcess() throws IOException {
    Path socket = socket("admin.sock");
    Path other = socket("other one.sock");
    daemon(17);
    daemon(18);
    daemon(19);
    kernel(
        "ffff8801: 00000003 00000000 00000000 0001 03 4710\n",
        listening(directory.resolve(".admin.sock.17")),
        listening(directory.resolve(".admin.sock.18")),
        listening(directory.resolve(".other one.sock.19")));
    assertThat(found()).containsExactly(socket, other);
  }

  @Test
  void whatOthersListenOn() throws IOException {
    socket("admin.sock");
    daemon(17);
    process(18, "/usr/bin/java", "-jar", "/usr/lib/trunkline/lib/trunkline.jar", "status");
    process(19, "/usr/sbin/other", "run");
    kernel(
        listening(directory.resolve("admin.sock")),
        listening(directory.resolve("admin.sock.17")),
        listening(directory.resolve(".admin.sock")),
        listening(directory.resolve(".admin.sock.18")),
        listening(directory.resolve(".admin.sock.19")),
        listening(directory.resolve(".admin.sock.20")),
        listening(directory.resolve(".admin.sock.99999999999")),
        listening(directory.resolve(".gone.sock.17")),
        listening(Path.of(".admin.sock.17")),
        listening(directory.resolve(".admin.sock.17")).replace("00010000", "00000000"),
        "\n",
        "garbage\n");
    assertThat(found()).isEmpty();
  }

  @Test
  void thoseOfStrangersAreNotAsked() throws IOException {
    socket("admin.sock");
    daemon(17);
    kernel(listening(directory.resolve(".admin.sock.17")));
    assertThat(new RunningDaemons(proc(), List.of("nobody-at-all")).sockets()).isEmpty();
    assertThat(found()).hasSize(1);
  }

  @Test
  void whereTheKernelTellsNothing() {
    assertThat(found()).isEmpty();
  }

  @Test
  void whichIsAsked() throws Unreachable {
    Path configured = Path.of("/run/trunkline/admin.sock");
    Path elsewhere = Path.of("/tmp/lab/admin.sock");
    Path another = Path.of("/tmp/lab/b.sock");
    assertThat(SocketOption.choose(Set.of(), configured)).isEqualTo(configured);
    assertThat(SocketOption.choose(Set.of(elsewhere), configured)).isEqualTo(elsewhere);
    assertThat(SocketOption.choose(Set.of(elsewhere, configured), configured))
        .isEqualTo(configured);
    Set<Path> two = new TreeSet<>(Set.of(another, elsewhere));
    assertThatThrownBy(() -> SocketOption.choose(two, configured))
        .isInstanceOf(Unreachable.class)
        .hasMessage(
            "several daemons run here; select one with --socket: %s, %s", elsewhere, another);
  }
}
