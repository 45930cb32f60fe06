package io.trunkline.loadtest.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.ServiceHost;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The Debian package on a machine that systemd runs: from its installation to its removal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PackageIT {
  private static final String FILE = "/etc/trunkline/trunkline.yaml";

  /** No etcd, nobody answers: what the daemon knows of the cluster it knows at once. */
  private static final String CONFIGURATION =
      """
      clusters: [{scope: main, patroni: {hosts: ["http://127.0.0.1:1"]}}]
      vips: [{name: main, interface: eth0, addresses: [192.0.2.50/32]}]
      """;

  /** CAP_NET_BIND_SERVICE, CAP_NET_ADMIN and CAP_NET_RAW: bits 10, 12 and 13. */
  private static final String THREE = "0000000000003400";

  private final ServiceHost host = ServiceHost.boot();

  @BeforeAll
  void install() {
    String file = host.copyPackage();
    assertThat(host.sh("dpkg --install " + file)).contains("trunkline is not started: write");
  }

  @AfterAll
  void close() {
    host.close();
  }

  private boolean is(String property, String value) {
    return host.property(property).equals(value);
  }

  private String mainPid() {
    return host.property("MainPID");
  }

  @Test
  @Order(1)
  void untilItIsConfiguredItIsEnabledAndSkipped() {
    assertThat(host.sh("systemctl is-enabled trunkline")).isEqualTo("enabled");
    host.sh("systemctl start trunkline");
    assertThat(host.property("ActiveState")).isEqualTo("inactive");
    assertThat(host.sh("journalctl -u trunkline")).contains("holds no configuration yet");
    assertThat(host.sh("systemctl is-system-running")).isEqualTo("running");
    assertThat(host.sh("stat -c '%U %G %a' /etc/trunkline " + FILE))
        .isEqualTo("root trunkline 750\nroot trunkline 640");
  }

  @Test
  @Order(2)
  void startedItIsReadyAndSaysWhatItDoes() {
    host.write(FILE, CONFIGURATION);
    host.sh("trunkline check");
    host.sh("systemctl start trunkline");
    assertThat(host.property("ActiveState")).isEqualTo("active");
    host.await(
        "the status tells of the VIP",
        () -> host.property("StatusText").contains("VIP main: master"));
    assertThat(host.sh("systemctl status trunkline"))
        .containsPattern("Status: \"main: (holding|isolated): .*; VIP main: master; 0 sessions\"");
    assertThat(host.sh("ip -o addr show dev eth0")).contains("192.0.2.50/32");
    assertThat(host.sh("ss -lntH | awk '{print $4}'"))
        .contains("0.0.0.0:5000", "0.0.0.0:5001", "0.0.0.0:5432", "127.0.0.1:7000");
    assertThat(host.sh("trunkline status")).contains("cluster main", "vip main");
  }

  @Test
  @Order(3)
  void itRunsUnprivilegedWithThreeCapabilities() {
    String pid = mainPid();
    assertThat(host.sh("ps -o user= -p " + pid)).isEqualTo("trunkline");
    assertThat(host.sh("awk '/^Cap/ {print $2}' /proc/%s/status | sort -u".formatted(pid)))
        .isEqualTo(THREE);
    assertThat(host.sh("awk '/^NoNewPrivs/ {print $2}' /proc/%s/status".formatted(pid)))
        .isEqualTo("1");
    String[] verdict =
        host.sh("systemd-analyze security --no-pager trunkline | tail -n 1").split(" ");
    double exposure =
        Arrays.stream(verdict)
            .filter(word -> word.matches("\\d+\\.\\d"))
            .mapToDouble(Double::parseDouble)
            .findFirst()
            .orElseThrow();
    System.out.println("measured: systemd-analyze security: " + exposure);
    assertThat(exposure).isLessThanOrEqualTo(2.0);
  }

  @Test
  @Order(4)
  void theCacheFitsWhereItIsInstalled() {
    String java = "TRUNKLINE_JAVA_OPTS='-XX:AOTMode=on -Xlog:aot=warning' ";
    assertThat(host.sh(java + "trunkline version 2>&1"))
        .matches("trunkline \\S+ \\(Java 25\\S*, \\w+\\)");
  }

  @Test
  @Order(4)
  void itBringsWhatPrometheusGrafanaAndItsOperatorsNeed() {
    assertThat(host.sh("dpkg -L trunkline").lines())
        .contains(
            "/usr/share/trunkline/prometheus/alerts.yml",
            "/usr/share/trunkline/prometheus/recording.yml",
            "/usr/share/trunkline/grafana/trunkline.json",
            "/usr/share/doc/trunkline/install.md.gz",
            "/usr/share/doc/trunkline/runbook.md.gz",
            "/usr/share/doc/trunkline/security.md.gz",
            "/usr/share/doc/trunkline/metrics.md.gz",
            "/usr/share/doc/trunkline/logs.md.gz",
            "/usr/share/man/man1/trunkline.1.gz",
            "/usr/share/man/man1/trunkline-before-stop.1.gz",
            "/usr/bin/trunkline-before-stop",
            "/usr/share/bash-completion/completions/trunkline");
    assertThat(host.sh("cat /usr/share/bash-completion/completions/trunkline"))
        .contains("events", "--follow");
    assertThat(host.sh("trunkline events --json -n 1")).startsWith("{\"seq\":");
  }

  @Test
  @Order(5)
  void aDaemonThatHangsIsKilledAndStartedAgain() {
    host.write(
        "/etc/systemd/system/trunkline.service.d/impatient.conf", "[Service]\nWatchdogSec=3s\n");
    host.sh("systemctl daemon-reload && systemctl restart trunkline");
    String hanging = mainPid();
    host.sh("sleep 5");
    assertThat(mainPid()).as("while it works").isEqualTo(hanging);
    host.sh("kill -STOP " + hanging);
    host.await(
        "another daemon is ready", () -> !mainPid().equals(hanging) && is("SubState", "running"));
    assertThat(host.sh("journalctl -u trunkline")).contains("Watchdog timeout");
    host.sh("rm -r /etc/systemd/system/trunkline.service.d && systemctl daemon-reload");
  }

  @Test
  @Order(6)
  void stoppedItLeavesNothingBehind() {
    host.sh("systemctl restart trunkline");
    host.await("it has the VIP", () -> host.sh("ip -o addr").contains("192.0.2.50/32"));
    host.sh("systemctl stop trunkline");
    assertThat(host.property("Result")).isEqualTo("success");
    assertThat(host.sh("ip -o addr")).doesNotContain("192.0.2.50");
    assertThat(host.run("ls", "/run/trunkline").exitCode()).isNotZero();
    assertThat(host.run("trunkline", "status").exitCode()).isEqualTo(69);
  }

  @Test
  @Order(7)
  void aBadConfigurationIsSaidOnceAndNotTriedAgain() {
    host.write(FILE, "cluster: x\n");
    assertThat(host.run("systemctl", "start", "trunkline").exitCode()).isNotZero();
    host.sh("sleep 4");
    assertThat(host.property("ActiveState")).isEqualTo("failed");
    assertThat(host.property("ExecMainStatus")).isEqualTo("78");
    assertThat(host.property("NRestarts")).isEqualTo("0");
    assertThat(host.sh("journalctl -u trunkline -n 20")).contains("did you mean clusters?");
  }

  @Test
  @Order(8)
  void aTakenPortIsTriedAgainWithoutHasteUntilItIsFree() {
    host.write(FILE, CONFIGURATION);
    host.sh("systemd-run -q --unit taken systemd-socket-activate -l 0.0.0.0:5000 /bin/true");
    assertThat(host.run("systemctl", "start", "trunkline").exitCode()).isNotZero();
    host.sh("sleep 10");
    int restarts = Integer.parseInt(host.property("NRestarts"));
    assertThat(restarts).isBetween(1, 5);
    host.sh("systemctl stop taken");
    host.await("it runs", () -> is("SubState", "running"));
  }

  @Test
  @Order(9)
  void aReloadTakesAGoodFileAndRefusesABadOne() {
    String pid = mainPid();
    host.write(FILE, CONFIGURATION + "drain_timeout: 7s\n");
    host.sh("systemctl reload trunkline");
    assertThat(host.sh("journalctl -u trunkline -n 20")).contains("drain_timeout: 30s -> 7s");
    host.write(FILE, CONFIGURATION + "drain_timout: 7s\n");
    assertThat(host.run("systemctl", "reload", "trunkline").exitCode()).isNotZero();
    assertThat(host.sh("journalctl -u trunkline -n 20")).contains("did you mean drain_timeout?");
    assertThat(host.property("ActiveState")).isEqualTo("active");
    assertThat(mainPid()).as("it is the same process").isEqualTo(pid);
  }

  @Test
  @Order(10)
  void purgedItIsGone() {
    host.sh("dpkg --purge trunkline");
    assertThat(
            host.sh("find / -xdev -name '*trunkline*' -not -path '/proc/*' -not -path '/root/*'"))
        .isEmpty();
    assertThat(host.run("systemctl", "cat", "trunkline").exitCode()).isNotZero();
    assertThat(host.sh("getent passwd trunkline")).as("its number is not reused").isNotEmpty();
  }
}
