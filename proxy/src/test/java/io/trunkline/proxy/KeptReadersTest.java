package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Sessions on a replica that goes. */
class KeptReadersTest {
  private static final Duration DEPARTURE = Duration.ofSeconds(31);

  @Test
  void theyGoOnWhereverReadsGo() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false);
        PsqlSession idle = SwitchoverLab.reader(fixture);
        PsqlSession inTransaction = SwitchoverLab.reader(fixture).terse();
        PsqlSession ended = SwitchoverLab.reader(fixture)) {
      assertThat(idle.say("set work_mem = '7MB'; select pg_is_in_recovery()")).isEqualTo("t");
      SwitchoverLab.awaitAnswers(lab.next, 1);
      inTransaction.say("begin; select 1");
      lab.next.sql(
          "select pg_terminate_backend(" + ended.say("select pg_backend_pid()") + ", 5000)");
      assertThat(ended.say("select 1"))
          .contains("terminating connection due to administrator command");

      lab.next.stop("fast");
      assertThat(idle.say("show work_mem; select pg_is_in_recovery()"))
          .as("the primary is the fallback")
          .isEqualTo("7MB\nf");
      assertThat(inTransaction.say("select 2")).isEqualTo("ERROR:  40001");
      assertThat(inTransaction.say("rollback; select 3")).isEqualTo("3");
    }
  }

  /**
   * One by one, each at a moment of its own within half a minute: the first of eight is awaited.
   */
  @Test
  void theyLeaveAReplicaThatWasPromoted() throws Exception {
    List<PsqlSession> readers = new ArrayList<>();
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false)) {
      for (int i = 0; i < 8; i++) {
        PsqlSession reader = SwitchoverLab.reader(fixture);
        readers.add(reader);
        assertThat(reader.say("set work_mem = '7MB'; select pg_is_in_recovery()")).isEqualTo("t");
      }
      SwitchoverLab.awaitAnswers(lab.next, 8);
      // That n2 still is a standby does not matter: the routing table counts.
      fixture.leader("n2");
      fixture.refresh();

      ListenerStats stats = Objects.requireNonNull(fixture.proxy.stats().get("read"));
      Await.until("a session that moves", DEPARTURE, () -> stats.kept().detached() > 0);
      for (PsqlSession reader : readers) {
        assertThat(reader.say("show work_mem")).isEqualTo("7MB");
        reader.close();
      }
      assertThat(stats.kept().restored()).isPositive();
      assertThat(stats.ends().get(SessionEnd.PROMOTED)).isZero();
    }
  }

  /** They were at the fallback while there was no replica. Whoever cannot be kept is left alone. */
  @Test
  void theyMoveToAReplicaThatHasReturned() throws Exception {
    Settings settings = new Settings();
    settings.rebalance = OptionalInt.of(5);
    List<PsqlSession> readers = new ArrayList<>();
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false, settings)) {
      fixture.gone("n2");
      fixture.refresh();
      ListenerStats stats = Objects.requireNonNull(fixture.proxy.stats().get("read"));
      for (int i = 0; i < 7; i++) {
        PsqlSession reader = SwitchoverLab.reader(fixture);
        readers.add(reader);
        assertThat(reader.say("set work_mem = '7MB'; select pg_is_in_recovery()")).isEqualTo("f");
      }
      readers.getFirst().say("listen news");
      readers.getLast().say("begin; select 1");

      fixture.member("n2", new HostPort("127.0.0.1", lab.next.port()));
      fixture.refresh();
      Await.until("sessions that move", DEPARTURE, () -> stats.kept().detachedNow() == 5);
      for (PsqlSession reader : readers.subList(1, 6)) {
        assertThat(reader.say("show work_mem; select pg_is_in_recovery()"))
            .as(() -> SwitchoverLab.story(fixture))
            .isEqualTo("7MB\nt");
      }
      assertThat(readers.getFirst().say("select pg_is_in_recovery()")).isEqualTo("f");
      assertThat(readers.getLast().say("select pg_is_in_recovery()")).isEqualTo("f");
      readers.getLast().say("commit");
      Await.until("the last one", DEPARTURE, () -> stats.kept().detachedNow() == 1);
      assertThat(readers.getLast().say("select pg_is_in_recovery()")).isEqualTo("t");
      assertThat(stats.kept().pinned().values()).allMatch(count -> count == 0);
      assertThat(stats.kept().restored(MemberLoss.MOVED).count()).isEqualTo(6);
      assertThat(stats.kept().census().pinned()).isEqualTo(Map.of(Pinned.LISTEN, 1));
    } finally {
      for (PsqlSession reader : readers) {
        reader.close();
      }
    }
  }
}
