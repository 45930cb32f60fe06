package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.routing.RoutingTable;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.LeaderClaimant;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaderClaimsTest {
  private final SampleCluster cluster = SampleCluster.healthy();
  private Optional<RoutingTable> table = Optional.empty();

  private LeaderClaimant.Sight of(String member, boolean hasIt) {
    RoutingTable next = cluster.after(Duration.ofMillis(100)).table(table);
    table = Optional.of(next);
    return LeaderClaims.of(next, member, hasIt);
  }

  private VipReason reason(String member) {
    return of(member, true).claim().reason();
  }

  @Test
  void theLeaderHasItAWhileBeyondTheLastAnswerOfTheQuorum() {
    LeaderClaimant.Sight sight = of("pg-1", false);
    assertThat(sight.leader()).contains("pg-1");
    assertThat(sight.claim())
        .isEqualTo(
            new Claim.Valid(
                cluster.now().plus(LeaderClaims.EVIDENCE_LASTS),
                VipReason.LEADER,
                VipReason.LEADER_OUT_OF_SIGHT));
    assertThat(of("pg-2", false).claim()).isEqualTo(new Claim.None(VipReason.NOT_LEADER, true));
  }

  @Test
  void withoutALeaderNobodyHasIt() {
    of("pg-1", true);
    cluster.leaderless();
    assertThat(reason("pg-1")).isEqualTo(VipReason.LEADERLESS);
  }

  @Test
  void aNewLeaderGetsItWhenItAcceptsWritesAndTheOldOneLosesItWithTheKey() {
    of("pg-1", true);
    cluster.leads("pg-2");
    assertThat(reason("pg-1")).isEqualTo(VipReason.NOT_LEADER);
    assertThat(of("pg-2", false).claim()).isInstanceOf(Claim.None.class);
    cluster.primary("pg-2", 8);
    assertThat(of("pg-2", false).claim()).isInstanceOf(Claim.Valid.class);
  }

  @Test
  void aLeaderThatDoesNotAcceptWritesJustNowKeepsIt() {
    of("pg-1", true);
    cluster.replica("pg-1", 1_000);
    assertThat(of("pg-1", true).claim()).isInstanceOf(Claim.Valid.class);
    assertThat(of("pg-1", false).claim()).isEqualTo(new Claim.None(VipReason.LEADERLESS, true));
  }

  @Test
  void withoutEtcdThePrimaryKeepsItAsLongAsItAnswers() {
    of("pg-1", true);
    cluster.dcsLost("no quorum").primary("pg-1", 7);
    Claim claim = of("pg-1", true).claim();
    assertThat(claim)
        .extracting("until")
        .isEqualTo(cluster.now().minus(Duration.ofMillis(100)).plus(LeaderClaims.EVIDENCE_LASTS));
  }

  @Test
  void outOfSightOfEverythingItGoes() {
    of("pg-1", true);
    cluster.dcsLost("no quorum").dies("pg-1").dies("pg-2").dies("pg-3");
    cluster.after(Duration.ofSeconds(10));
    assertThat(reason("pg-1")).isEqualTo(VipReason.LEADER_OUT_OF_SIGHT);
  }

  @Test
  void aTimelineThatGoesBackTakesItFromEveryone() {
    of("pg-1", true);
    cluster.leads("pg-2").regression("pg-2", 6);
    assertThat(reason("pg-2")).isEqualTo(VipReason.NOT_LEADER);
    assertThat(reason("pg-1")).isEqualTo(VipReason.LEADERLESS);
  }
}
