package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.routing.Fence;
import io.trunkline.routing.Members;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.Target;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteReason;
import io.trunkline.routing.WriteState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the readers of a replica that was promoted leave it. */
class DepartureTest {
  private static final int READERS = 200;
  private static final HostPort ADDRESS = new HostPort("pg2.example", 5432);
  private static final Target PROMOTED = new Target("pg2", ADDRESS);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Random random = new Random(1);
  private final List<Fencing> readers = new ArrayList<>();
  private final Set<Integer> departed = new HashSet<>();
  private Instant now = Instant.parse("2026-12-01T00:00:00Z");

  @BeforeEach
  void readersOfAReplica() {
    channel.freezeTime();
    Picker picker = new Picker(Configs.listener("route: replica"), Optional.empty(), random);
    for (int i = 0; i < READERS; i++) {
      int number = i;
      Fencing reader = new Fencing(picker, random, channel.eventLoop(), () -> departed.add(number));
      reader.placed(new Place(PROMOTED, ADDRESS, false), Optional.empty());
      reader.answered(true);
      readers.add(reader);
    }
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void after(Duration time) {
    now = now.plus(time);
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  private void writes(WriteState state, WriteReason reason, String... replicas) {
    boolean open = state == WriteState.OPEN;
    WriteDecision write =
        new WriteDecision(
            state,
            reason,
            open ? Optional.of(PROMOTED) : Optional.empty(),
            Optional.of("pg2"),
            false,
            now);
    RoutingTable table = new RoutingTable(Members.view(Map.of(), now), write, Map.of());
    Fence.Owner owner = new Fence.Owner("pg2", Optional.of(ADDRESS), true);
    Fence.Input input = new Fence.Input(write, Optional.of(owner), Set.of(replicas));
    for (Fencing reader : readers) {
      reader.learn(table, input);
      reader.decide();
    }
  }

  private void promoted() {
    writes(WriteState.OPEN, WriteReason.LEADER_KEY_AND_REST, "pg1");
  }

  private void leaveOneByOneWithin(Duration time) {
    after(time.dividedBy(2));
    assertThat(departed).hasSizeBetween(READERS / 4, 3 * READERS / 4);
    after(time.dividedBy(2));
    assertThat(departed).hasSize(READERS);
  }

  @Test
  void theyLeaveOneByOneWithin30Seconds() {
    promoted();
    leaveOneByOneWithin(Duration.ofSeconds(30));
  }

  @Test
  void whatComesInBetweenDelaysNobodyElse() {
    promoted();
    for (int i = 0; i < 6; i++) {
      after(Duration.ofMillis(4900));
      writes(WriteState.SWITCHING, WriteReason.SWITCHOVER_DUE, "pg1");
      after(Duration.ofMillis(4));
      promoted();
      after(Duration.ofMillis(50));
      writes(WriteState.HOLDING, WriteReason.LEADER_UNCONFIRMED, "pg1");
      after(Duration.ofMillis(46));
      promoted();
    }
    assertThat(departed).hasSizeGreaterThan(READERS - 10);
    after(Duration.ofSeconds(5));
    assertThat(departed).hasSize(READERS);
  }

  @Test
  void whoseTurnItWasMeanwhileLeavesSoonAfter() {
    promoted();
    writes(WriteState.SWITCHING, WriteReason.SWITCHOVER_DUE, "pg1");
    after(Duration.ofMillis(29_900));
    assertThat(departed).isEmpty();
    promoted();
    leaveOneByOneWithin(Duration.ofSeconds(5));
  }

  @Test
  void afterALongTimeTheyLeaveOneByOneAgain() {
    promoted();
    writes(WriteState.OPEN, WriteReason.LEADER_KEY_AND_REST);
    after(Duration.ofMinutes(5));
    assertThat(departed).isEmpty();
    promoted();
    leaveOneByOneWithin(Duration.ofSeconds(30));
  }

  @Test
  void withoutAnotherReplicaTheyStay() {
    promoted();
    writes(WriteState.OPEN, WriteReason.LEADER_KEY_AND_REST);
    after(Duration.ofSeconds(60));
    assertThat(departed).isEmpty();
  }
}
