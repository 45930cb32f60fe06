package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;
import io.trunkline.vip.VipTransition;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class VipEventLogTest {
  private final List<Event> log = new ArrayList<>();
  private final List<InetAddress> addresses = List.of(InetAddress.getLoopbackAddress());
  private final ScriptedSessionsThrough sessions = new ScriptedSessionsThrough();
  private final VipEventLog eventLog =
      new VipEventLog(log::add, () -> SampleCluster.START, sessions);

  private void become(VipState from, VipState to, VipReason reason) {
    eventLog.transition(new VipTransition(SampleCluster.START, "main", from, to, reason));
  }

  private static Event event(Severity severity, String name, Object... fields) {
    return Event.of(
        SampleCluster.START, severity, EventName.valueOf(name.toUpperCase(Locale.ROOT)), fields);
  }

  @Test
  void transitions() {
    become(VipState.BACKUP, VipState.MASTER, VipReason.MASTER_SILENT);
    become(VipState.MASTER, VipState.INITIALIZE, VipReason.HEARTBEAT_LOST);
    assertThat(log)
        .extracting(Event::severity, Event::label, Event::fields)
        .containsExactly(
            tuple(
                Severity.INFO,
                "vip_state_changed",
                Map.of(
                    "vip", "main",
                    "from", "backup",
                    "to", "master",
                    "reason", "master_silent",
                    "why", "no advertisement from a master")),
            tuple(
                Severity.WARN,
                "vip_state_changed",
                Map.of(
                    "vip", "main",
                    "from", "master",
                    "to", "initialize",
                    "reason", "heartbeat_lost",
                    "why", "a session loop of the daemon does not respond")));
  }

  @Test
  void leavingIsDoneWhenTheSessionsHaveBeenTold() {
    CompletableFuture<Void> done =
        eventLog.leaving("main", addresses, VipReason.SHUTDOWN).toCompletableFuture();
    assertThat(sessions.calls).containsExactly("end " + addresses);
    assertThat(done).isNotDone();
    sessions.count.complete(7);
    assertThat(done).isDone();
    assertThat(log)
        .containsExactly(
            event(
                Severity.WARN,
                "vip_sessions_ended",
                "vip",
                "main",
                "sessions",
                7,
                "reason",
                "shutdown"));
  }

  @Test
  void lost() {
    sessions.count.complete(0);
    eventLog.lost("main", addresses, VipReason.HIGHER_PRIORITY);
    assertThat(sessions.calls).containsExactly("end " + addresses);
    assertThat(log).extracting(Event::severity).containsExactly(Severity.INFO);
  }

  @Test
  void whoComesInFollowsTheAddresses() {
    eventLog.opening("main", addresses);
    eventLog.closing("main", addresses);
    assertThat(sessions.calls).containsExactly("admit " + addresses, "refuse " + addresses);
    assertThat(log).isEmpty();
  }

  @Test
  void warnings() {
    eventLog.warning("*", "eth0 is gone");
    assertThat(log)
        .containsExactly(event(Severity.WARN, "vip_warning", "vip", "*", "why", "eth0 is gone"));
  }
}
