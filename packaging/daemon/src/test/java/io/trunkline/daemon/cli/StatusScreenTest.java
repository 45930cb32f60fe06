package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.HostPort;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.SampleVips;
import io.trunkline.daemon.status.StatusReporter;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusScreenTest {
  @TempDir Path directory;
  private final SampleCluster cluster = SampleCluster.healthy();

  private SampleNode node;

  @BeforeEach
  void observe() throws IOException {
    node = new SampleNode(SampleConfig.in(directory), cluster).observe();
  }

  private String screen(boolean colours) {
    node.observe();
    cluster.after(Duration.ofMillis(400));
    return new StatusScreen(new TerminalText(colours))
        .render(new StatusReporter(node.facts()).report());
  }

  @Test
  void healthy() {
    cluster.after(Duration.ofSeconds(65));
    assertThat(screen(false))
        .isEqualTo(
            """
            proxy-01  trunkline 1.2.3, up 1m 5s, ready

            cluster main (scope demo)  etcd connected, 0.4s ago
              writes to pg-1 (10.0.0.1:5432): open for 1m 5s, since 2026-11-21T10:00:00Z
                the member holds the leader key, and Patroni reports it as the running primary

              MEMBER  ROLE            STATE    TL  LAG    REST   ETCD  CONNECT  READS
              pg-1    primary         running  7   0 B    1m 5s  0.4s  -        read: no, is the primary
              pg-2    replica (sync)  running  7   0 B    1m 5s  0.4s  -        read: yes
              pg-3    replica         running  7   100 B  1m 5s  0.4s  -        read: yes

              LISTENER  BOUND TO        ROUTE                          CONNECTIONS  QUEUED  ACCEPTED  SESSIONS  KEPT
              write     127.0.0.1:5000  primary of main                2            1       3         pg-1 2
              read      not bound       replica, else primary of main  0            0       0
            """);
  }

  @Test
  void sentinels() {
    cluster.after(Duration.ofSeconds(65));
    SentinelAnswer answer =
        new SentinelAnswer(cluster.now(), cluster.now(), Access.READ_WRITE, OptionalLong.of(7));
    Optional<String> refused =
        Optional.of("FATAL 28P01 password authentication failed for user \"trunkline\"");
    cluster
        .watched(
            "pg-1", new SentinelHealth(Optional.of(answer), Optional.empty(), Optional.empty()))
        .watched("pg-2", new SentinelHealth(Optional.empty(), refused, Optional.of(cluster.now())))
        .watched("pg-3", SentinelHealth.UNKNOWN);
    assertThat(screen(false))
        .contains(
            "the member holds the leader key, and its PostgreSQL told the sentinel that it accepts"
                + " writes")
        .contains(
            """
              MEMBER  ROLE            STATE    TL  LAG    REST   ETCD  CONNECT  SENTINEL                                   READS
              pg-1    primary         running  7   0 B    1m 5s  0.4s  -        read_write 0.4s                            read: no, is the primary
              pg-2    replica (sync)  running  7   0 B    1m 5s  0.4s  -        FATAL 28P01 password authentication fail…  read: yes
              pg-3    replica         running  7   100 B  1m 5s  0.4s  -        -                                          read: yes
            """);
  }

  @Test
  void poolers() {
    cluster.after(Duration.ofSeconds(65)).pooler("pg-1", new HostPort("10.0.0.1", 6432));
    assertThat(screen(false))
        .contains(
            """
              MEMBER  ROLE            STATE    TL  LAG    REST   ETCD  CONNECT  POOLER         READS
              pg-1    primary         running  7   0 B    1m 5s  0.4s  -        10.0.0.1:6432  read: no, is the primary
              pg-2    replica (sync)  running  7   0 B    1m 5s  0.4s  -        -              read: yes
            """);
  }

  @Test
  void vips() {
    cluster.after(Duration.ofSeconds(65));
    node.vips(SampleVips.master(), SampleVips.aside());
    assertThat(screen(false))
        .contains(
            """

            vip main  192.0.2.10 on lo
              master for 1m 4s, since 2026-11-21T10:00:01Z
                no advertisement from a master
              the master is 10.0.0.11 with priority 100, this node has 100
              1m 5s ago from initialize to backup: started
              1m 4s ago from backup to master: master_silent

            vip main  192.0.2.10 on lo
              backup for 1m 3s, since 2026-11-21T10:00:02Z
                10.0.0.12 is the master with priority 90, this node has 1; this node does not serve: this node can reach neither etcd nor most of the members
              the master is 10.0.0.12 with priority 90, this node has 1: it does not serve
            """);
  }

  @Test
  void trouble() {
    cluster.dies("pg-3").regression("pg-1", 6).problem("key config: not JSON");
    assertThat(screen(false))
        .contains("writes are held: holding for 0.4s")
        .contains(
            "the leader key went back to a member whose timeline is older or branched off earlier")
        .contains("sessions on the last primary are blocked")
        .contains("pg-1 holds the leader key on timeline 6, but timeline 7 has been seen before")
        .contains("To accept it, run 'trunkline cluster accept main'.")
        .contains("silent", "connection refused")
        .contains("no key")
        .contains("key config: not JSON");
  }

  @Test
  void coloursAreAddedNothingElse() {
    String plain = screen(false);
    assertThat(plain).doesNotContain("\u001b");
    String coloured = screen(true).replaceAll("\u001b\\[[0-9;]*m", "");
    assertThat(coloured.replaceAll("\\d", "n")).isEqualTo(plain.replaceAll("\\d", "n"));
  }

  @Test
  void whatComesFromTheNetworkCannotDriveTheTerminal() {
    cluster.problem("\u001b]0;owned\u0007\u001b[2J\nfake line\u009b31m\u202e");
    assertThat(screen(false)).contains("?]0;owned??[2J?fake line?31m?").doesNotContain("\u001b");
  }
}
