package io.trunkline.loadtest.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.trunkline.loadtest.lab.ServiceHost;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The package on a machine whose disks are full or read-only: sessions do not depend on them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileHostIT {
  private static final String STATE = "/var/lib/trunkline";
  private static final String CONFIGURATION =
      "clusters: [{scope: main, patroni: {hosts: [\"http://127.0.0.1:8008\"]}}]\n";

  /** A startup packet of protocol 3.0 for the user a; answered by AuthenticationOk. */
  private static final String SESSION =
      "exec 3<>/dev/tcp/127.0.0.1/5000"
          + " && printf '\\0\\0\\0\\x10\\0\\x03\\0\\0user\\0a\\0\\0' >&3"
          + " && timeout 5 head -c 1 <&3";

  private final ServiceHost host = ServiceHost.boot();

  @BeforeAll
  void install() throws IOException {
    host.sh("dpkg --install " + host.copyPackage());
    try (InputStream script =
        Objects.requireNonNull(HostileHostIT.class.getResourceAsStream("primary.pl"))) {
      host.write("/root/primary.pl", new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    promote(1);
    host.sh("systemd-run -q --unit primary perl /root/primary.pl");
    host.write("/etc/trunkline/trunkline.yaml", CONFIGURATION);
  }

  @AfterEach
  void stop() {
    host.sh("systemctl stop trunkline && systemctl reset-failed");
  }

  @AfterAll
  void close() {
    host.close();
  }

  /** The primary is on that timeline from now on, so that there is something to remember. */
  private void promote(int timeline) {
    host.sh("echo %d > /run/timeline".formatted(timeline));
  }

  private void serves() {
    host.await(
        "a client gets a session", () -> host.run("bash", "-c", SESSION).stdout().equals("R"));
  }

  private static String fill(String directory) {
    return "dd if=/dev/zero of=%s/fill bs=4k 2> /dev/null; df --output=avail %1$s | grep -qx ' *0'"
        .formatted(directory);
  }

  /** What the daemon that runs has said with that event. */
  private List<String> told(String event) {
    String log = host.sh("journalctl -o cat _PID=" + host.property("MainPID"));
    return log.lines().filter(line -> line.startsWith(event + " ")).toList();
  }

  private void remembers(int timeline) {
    host.await(
        "timeline " + timeline + " is on the disk",
        () ->
            host.run("cat", STATE + "/main.timeline")
                .stdout()
                .contains("\"timeline\":" + timeline + ","));
  }

  @Test
  void aFullStateDirectoryIsToldOnceAndWrittenWhenThereIsRoom() {
    host.sh("mount -t tmpfs -o size=64k tmpfs " + STATE + " && " + fill(STATE));
    try {
      host.sh("systemctl start trunkline");
      serves();
      host.await("it says so", () -> !told("timeline_file_failed").isEmpty());
      promote(2);
      host.await(
          "it has seen", () -> host.sh("trunkline status --json").contains("\"timeline\":2"));
      assertThat(told("timeline_file_failed"))
          .singleElement(STRING)
          .contains("file=" + STATE + "/main.timeline")
          .contains("reason=\"No space left on device\"")
          .contains("hint=\"make room there");
      host.sh("rm " + STATE + "/fill");
      remembers(2);
      assertThat(told("timeline_file_written")).hasSize(1);

      host.sh(fill(STATE));
      promote(3);
      host.await("it says so again", () -> told("timeline_file_failed").size() == 2);
      host.sh("systemctl restart trunkline");
      serves();
      host.sh("rm " + STATE + "/fill");
      remembers(3);
    } finally {
      host.sh("systemctl stop trunkline && umount " + STATE);
    }
  }

  @Test
  void aFullJournalStopsNothing() {
    String journal = "/var/log/journal";
    host.sh("mkdir -p %1$s && mount -t tmpfs -o size=16m tmpfs %1$s".formatted(journal));
    try {
      host.sh("systemctl restart systemd-journald && journalctl --flush");
      host.sh("systemctl start trunkline");
      serves();
      String pid = host.property("MainPID");
      host.sh(fill(journal));
      host.run("journalctl", "--rotate");
      for (int i = 0; i < 3; i++) {
        host.sh("trunkline drain && trunkline undrain");
        serves();
      }
      host.sh("rm %s/fill && journalctl --rotate".formatted(journal));
      host.sh("trunkline drain && trunkline undrain");
      host.await("it is heard again", () -> !told("node_undrained").isEmpty());
      assertThat(host.property("MainPID")).as("it is the same process").isEqualTo(pid);
    } finally {
      host.sh("journalctl --relinquish-var && umount " + journal);
    }
  }

  @Test
  void aReadOnlyRootNeedsAPlaceForTemporaryFilesAndSaysSo() {
    host.sh("journalctl --relinquish-var && mount -o remount,bind,ro /");
    try {
      assertThat(host.run("systemctl", "start", "trunkline").exitCode())
          .as("it does not pass for skipped")
          .isNotZero();
      assertThat(host.property("ExecMainStatus")).as("EXIT_NAMESPACE").isEqualTo("226");
      assertThat(host.sh("journalctl -u trunkline -o cat -n 20")).contains("Read-only file system");
      host.sh("mount -t tmpfs tmpfs /tmp");
      host.await("it is tried again", () -> host.property("ActiveState").equals("active"));
      serves();
      host.await("it says what it cannot keep", () -> !told("timeline_file_failed").isEmpty());
      assertThat(told("timeline_file_failed"))
          .singleElement(STRING)
          .contains("reason=\"Read-only file system\"")
          .contains("or make it writable");
      host.sh("mount -t tmpfs tmpfs " + STATE + " && systemctl restart trunkline");
      serves();
      host.await("it has a place", () -> !host.sh("ls " + STATE).isEmpty());
    } finally {
      host.sh(
          "systemctl stop trunkline; umount %s /tmp; mount -o remount,bind,rw /".formatted(STATE));
    }
  }
}
