package io.trunkline.loadtest.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.workload.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What sessions go through: a switchover under a pool of them, and being cancelled. */
@ExtendWith(SessionsLab.class)
class SessionsIT {

  @Test
  void withoutTlsNothingIsLostAndEveryBrokenSessionIsToldWhy(Lab lab) throws Exception {
    Target target = lab.target(lab.proxy(1), SessionsLab.WRITE);
    PooledWriters.switchover(lab, "plaintext", SessionsLab.plaintext(target));
  }

  @Test
  void withTlsTerminatedNothingIsLostAndEveryBrokenSessionIsToldWhy(Lab lab) throws Exception {
    Target target = lab.target(lab.proxy(1), SessionsLab.WRITE_TERMINATED);
    PooledWriters.switchover(lab, "terminated", target);
  }

  @Test
  void idleSessionsGoOnAfterASwitchover(Lab lab) throws Exception {
    ProxyNode proxy = lab.proxy(1);
    KeptSessions.with(
        lab,
        proxy,
        () -> {
          KeptSessions.switchover(
              lab, "plaintext", SessionsLab.plaintext(lab.target(proxy, SessionsLab.WRITE)));
          KeptSessions.switchover(
              lab, "terminated", lab.target(proxy, SessionsLab.WRITE_TERMINATED));
        });
  }

  @Test
  void cancelsThroughTheOtherNodeAllTakeEffect(Lab lab) throws Exception {
    cancel(lab, 90);
  }

  @Test
  @Tag("long")
  void aThousandCancelsThroughTheOtherNodeAllTakeEffect(Lab lab) throws Exception {
    cancel(lab, 1002);
  }

  /** So many, a third of them each way. */
  private static void cancel(Lab lab, int count) throws Exception {
    int each = count / 3;
    lab.awaitServing(SessionsLab.WRITE, Duration.ofSeconds(60));
    Target encrypted = lab.target("127.0.0.1", SessionsLab.READ);
    ProxyNode here = lab.proxy(1);
    ProxyNode there = lab.proxy(2);
    Cancels.Tally plaintext =
        Cancels.send(each, 20, here, there, SessionsLab.READ, SessionsLab.plaintext(encrypted));
    Cancels.Tally terminated =
        Cancels.send(each, 20, there, here, SessionsLab.READ_TERMINATED, encrypted);
    Cancels.Tally passthrough = Cancels.send(each, 20, here, there, SessionsLab.READ, encrypted);
    System.out.printf(
        "measured: cancels from the other node, three replicas: plaintext %s, terminated %s,"
            + " passed through (sent to every replica) %s%n",
        plaintext, terminated, passthrough);
    assertThat(List.of(plaintext, terminated, passthrough))
        .allSatisfy(tally -> assertThat(tally.effective()).isEqualTo(tally.sent()));
  }

  @Test
  @Tag("long")
  void throughHaproxyManyAreLost(Lab lab) throws Exception {
    Target plain = SessionsLab.plaintext(lab.target("127.0.0.1", SessionsLab.READ));
    Cancels.Tally haproxy =
        Cancels.send(90, 2, lab.proxy(3), lab.proxy(4), SessionsLab.READ, plain);
    System.out.printf(
        "measured: cancels from the other node, three replicas: HAProxy %s%n", haproxy);
    assertThat(haproxy.effective()).as("this is why").isLessThan(haproxy.sent());
  }
}
