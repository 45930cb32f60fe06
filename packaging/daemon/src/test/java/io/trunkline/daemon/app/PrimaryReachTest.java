package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.vip.VipState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PrimaryReachTest {
  private final SampleCluster cluster = SampleCluster.healthy().after(Duration.ofSeconds(60));
  private final Instant begin = cluster.now();

  private boolean lost(VipState state) {
    return PrimaryReach.lost(cluster.view(), state);
  }

  @Test
  void aBackupIsSureSoonAndTheHolderLate() {
    cluster.after(PrimaryReach.SOON.minusMillis(1)).refuses("pg-1", begin);
    assertThat(lost(VipState.BACKUP)).isFalse();
    cluster.after(Duration.ofMillis(1)).refuses("pg-1", begin);
    assertThat(lost(VipState.BACKUP)).isTrue();
    assertThat(lost(VipState.INITIALIZE)).isTrue();
    assertThat(lost(VipState.MASTER)).isFalse();
    cluster.after(PrimaryReach.LATE.minus(PrimaryReach.SOON)).refuses("pg-1", begin);
    assertThat(lost(VipState.MASTER)).isTrue();
  }

  @Test
  void oldFailuresAndOtherMembersSayNothing() {
    cluster.after(Duration.ofSeconds(20)).refuses("pg-1", begin).refuses("pg-2", begin);
    cluster.after(Duration.ofSeconds(6));
    assertThat(lost(VipState.MASTER)).isFalse();
    assertThat(lost(VipState.BACKUP)).isFalse();
  }

  @Test
  void aNewLeaderIsGivenTime() {
    cluster.after(Duration.ofSeconds(20)).refuses("pg-2", begin).leads("pg-2");
    assertThat(lost(VipState.BACKUP)).isFalse();
    cluster.after(Duration.ofSeconds(2)).refuses("pg-2", begin);
    assertThat(lost(VipState.BACKUP)).isTrue();
  }

  @Test
  void withoutALeaderKeyOrAQuorumNobodyKnows() {
    cluster.after(Duration.ofSeconds(20)).refuses("pg-1", begin);
    assertThat(PrimaryReach.doubtful(cluster.view())).isPresent();
    cluster.dcsLost("no quorum");
    assertThat(lost(VipState.BACKUP)).isFalse();
    assertThat(PrimaryReach.doubtful(cluster.view())).isEmpty();
    SampleCluster other = SampleCluster.healthy().leaderless().refuses("pg-1", begin);
    assertThat(PrimaryReach.lost(other.view(), VipState.BACKUP)).isFalse();
  }

  @Test
  void thePrimaryIsDialledOnlyWhileThereIsDoubt() {
    assertThat(PrimaryReach.doubtful(cluster.view())).isEmpty();
    cluster.dies("pg-1");
    assertThat(PrimaryReach.doubtful(cluster.view())).map(it -> it.name()).contains("pg-1");
    cluster.primary("pg-1", 7).refuses("pg-1", begin);
    assertThat(PrimaryReach.doubtful(cluster.view())).map(it -> it.name()).contains("pg-1");
  }
}
