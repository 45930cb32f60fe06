package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteReason;
import io.trunkline.routing.WriteState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BidReasonTest {

  private static BidReason of(boolean bound, boolean draining, WriteState state, WriteReason why) {
    WriteDecision write =
        new WriteDecision(state, why, Optional.empty(), Optional.empty(), false, Instant.EPOCH);
    return BidReason.of(bound, draining, false, BidReason.ofSight(false, write));
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN, LEADER_KEY_AND_REST, SERVES",
    "OPEN, MAINTENANCE, SERVES",
    "SWITCHING, SWITCHOVER_DUE, SERVES",
    "DEGRADED, REST_LOCK, SERVES",
    // The cluster's trouble, on every node.
    "HOLDING, NO_LEADER, SERVES",
    "HOLDING, NO_PRIMARY, SERVES",
    "HOLDING, LEADER_UNKNOWN, SERVES",
    "HOLDING, LEADER_NOT_WRITABLE, SERVES",
    "HOLDING, LEADER_READ_ONLY, SERVES",
    "HOLDING, STANDBY_CLUSTER, SERVES",
    "HOLDING, TIMELINE_REGRESSION, SERVES",
    // This node's own.
    "HOLDING, STARTING, NOT_SEEN",
    "HOLDING, TWO_PRIMARIES, TWO_PRIMARIES",
    "HOLDING, OUT_OF_SIGHT, OUT_OF_SIGHT",
    "ISOLATED, OUT_OF_SIGHT, OUT_OF_SIGHT",
  })
  void followsWhatThisNodeSees(WriteState state, WriteReason why, BidReason expected) {
    assertThat(of(true, false, state, why)).isEqualTo(expected);
  }

  @Test
  void whateverTheClusterIsLike() {
    WriteState open = WriteState.OPEN;
    WriteReason why = WriteReason.LEADER_KEY_AND_REST;
    assertThat(of(false, false, open, why)).isEqualTo(BidReason.NOT_BOUND);
    assertThat(of(true, true, open, why)).isEqualTo(BidReason.DRAINING);
    assertThat(of(false, true, open, why)).isEqualTo(BidReason.DRAINING);
  }

  /** What will not be better once it is warm comes first. */
  @Test
  void aNodeThatWarmsUpIsCold() {
    assertThat(BidReason.of(true, false, true, BidReason.SERVES)).isEqualTo(BidReason.COLD);
    assertThat(BidReason.of(true, false, true, BidReason.OUT_OF_SIGHT))
        .isEqualTo(BidReason.OUT_OF_SIGHT);
    assertThat(BidReason.of(false, false, true, BidReason.SERVES)).isEqualTo(BidReason.NOT_BOUND);
    assertThat(BidReason.of(true, true, true, BidReason.SERVES)).isEqualTo(BidReason.DRAINING);
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN, LEADER_KEY_ALONE, PRIMARY_OUT_OF_REACH",
    "HOLDING, LEADER_NOT_WRITABLE, PRIMARY_OUT_OF_REACH",
    "HOLDING, TWO_PRIMARIES, TWO_PRIMARIES",
    "ISOLATED, OUT_OF_SIGHT, OUT_OF_SIGHT",
  })
  void aPrimaryOutOfReachCountsWhereNothingWorseDoes(
      WriteState state, WriteReason why, BidReason expected) {
    WriteDecision write =
        new WriteDecision(state, why, Optional.empty(), Optional.empty(), false, Instant.EPOCH);
    assertThat(BidReason.ofSight(true, write)).isEqualTo(expected);
  }

  @Test
  void onlyOneOfThemServes() {
    assertThat(BidReason.values())
        .allSatisfy(it -> assertThat(it.serves()).isEqualTo(it == BidReason.SERVES));
  }

  @Test
  void theManualHasThemAll() throws IOException {
    String manual = Files.readString(Path.of("..", "..", "docs", "cli.md"));
    assertThat(BidReason.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
  }
}
