package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Peer;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** etcd, Patroni's REST API, or both are out of reach; PostgreSQL works. */
@ExtendWith(SharedLab.class)
class OutageIT {

  @Test
  void aLostEtcdMemberIsNotNoticed(Lab lab) {
    Expect.unnoticed(Trial.run(Scenario.ETCD_MEMBER_LOST, lab, lab.proxy(1)));
  }

  @Test
  void unreachableRestApisAreNotNoticed(Lab lab) {
    Expect.unnoticed(Trial.run(Scenario.REST_UNREACHABLE, lab, lab.proxy(1)));
  }

  @Test
  void anUnreachableEtcdIsNotNoticed(Lab lab) {
    Expect.unnoticed(Trial.run(Scenario.ETCD_UNREACHABLE, lab, lab.proxy(1)));
  }

  @Test
  void outOfSightOfBothWritesWaitAndGoOnInTheSameSession(Lab lab) {
    Trial trial = Trial.run(Scenario.BOTH_UNREACHABLE, lab, lab.proxy(1));
    Expect.safe(trial);
    assertThat(trial.writes().connectionsFailed()).isZero();
    assertThat(trial.writes().longestGap().length())
        .as("writes are held: %s", trial.writes())
        .isGreaterThan(Duration.ofSeconds(2));
    assertThat(trial.writes().sessions()).isEqualTo(1);
    assertThat(trial.longestReadGap()).as("reads go on").isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void anEtcdWithoutQuorumStopsWritesOnlyAsFarAsPatroniDoes(Lab lab) {
    Trial trial = Trial.run(Scenario.ETCD_QUORUM_LOST, lab, lab.proxy(1), Duration.ofSeconds(25));
    Expect.safe(trial);
    assertThat(trial.writes().connectionsRefused()).isZero();
  }

  @Test
  void inFailsafeModeAnEtcdWithoutQuorumIsNotNoticed(Lab lab) {
    lab.patroni().set(Map.of("failsafe_mode", true));
    Expect.sleep(Duration.ofSeconds(6));
    Expect.unnoticed(
        Trial.run(Scenario.ETCD_QUORUM_LOST, lab, lab.proxy(1), Duration.ofSeconds(25)));
  }

  @Test
  void anEtcdMemberInTheMinorityIsNotBelieved(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member minority = lab.member(1);
    if (lab.primary().equals(minority)) {
      lab.patroni().switchover();
    }
    List<Peer> others = new ArrayList<>(lab.members());
    others.remove(minority);
    lab.faults().partition(List.of(minority), others);
    Expect.sleep(Duration.ofSeconds(5));
    Member before = lab.primary();
    before.kill9(Service.PATRONI);
    before.kill9(Service.POSTGRES);
    Await.until(
        "the proxy follows the majority's leader key",
        Duration.ofSeconds(60),
        () -> {
          String target = Expect.write(lab.proxy(1)).path("target").path("member").asText("");
          return !target.isEmpty() && !target.equals(before.name());
        });
  }

  @Test
  void inMaintenanceThePrimaryStaysWithoutPatroni(Lab lab) {
    lab.patroni().pause();
    Scenario frozen = Scenario.PATRONI_FROZEN;
    Trial trial = Trial.run(frozen, lab, lab.proxy(1), Duration.ofSeconds(24));
    Expect.safe(trial);
    assertThat(trial.writes().sessions()).isEqualTo(1);
    assertThat(trial.writes().errors()).isEmpty();
  }
}
