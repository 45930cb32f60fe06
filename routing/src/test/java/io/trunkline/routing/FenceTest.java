package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Balance;
import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.config.HostPort;
import io.trunkline.config.RouteKind;
import io.trunkline.routing.Fence.Facts;
import io.trunkline.routing.Fence.Input;
import io.trunkline.routing.Fence.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of sessions, for one table and for random histories of them. */
class FenceTest {
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final OptionalLong MAX_LAG = OptionalLong.of(100);

  private final WriteRouting routing =
      new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.HOLD));
  private final Picker read = picker(RouteKind.REPLICA);
  private final Views views = Views.healthy();
  private Optional<RoutingTable> table = Optional.empty();

  private static Picker picker(RouteKind route) {
    return new Picker(
        Pickers.listener(route, Optional.empty(), Balance.LEAST_CONNECTIONS, MAX_LAG),
        Optional.empty(),
        new Random(1));
  }

  private static Target target(String member) {
    return new Target(member, new HostPort(member + ".example", 5432));
  }

  private Input next() {
    return next(read);
  }

  private Input next(Picker picker) {
    views.later(Duration.ofMillis(100));
    table = Optional.of(RoutingTable.next(views.view(), table, routing));
    return Input.of(table.get(), picker);
  }

  private Facts session(String member, boolean asPrimary) {
    return Facts.dialling(target(member), asPrimary, table).answered(true);
  }

  private static Verdict decide(Facts facts, Input... inputs) {
    Facts now = facts;
    Verdict verdict = Verdict.KEEP;
    for (Input input : inputs) {
      now = now.seen(input);
      verdict = Fence.decide(now, input);
    }
    return verdict;
  }

  @Test
  void aWriterEndsWhenAnotherMemberHoldsTheKey() {
    Facts writer = session("pg1", true);
    assertThat(decide(writer, next())).isEqualTo(Verdict.KEEP);
    views.leader("pg2", 20, views.now());
    assertThat(decide(writer, next())).isEqualTo(Verdict.END);
  }

  @Test
  void aReaderOnAReplicaIsLeftAlone() {
    Facts reader = session("pg3", false);
    Input before = next();
    views.leader("pg2", 20, views.now());
    Input switching = next();
    views.primary("pg2").replica("pg1");
    assertThat(decide(reader, before, switching, next())).isEqualTo(Verdict.KEEP);
    views.noLeader();
    assertThat(decide(reader, before, switching, next())).isEqualTo(Verdict.KEEP);
  }

  @Test
  void aReplicaThatHeldTheKeyIsFencedThoughItWasNeverSeenOpen() {
    Input before = next();
    Facts reader = session("pg2", false);
    views.leader("pg2", 20, views.now());
    Input promoting = next();
    assertThat(promoting.write().target()).isEmpty();
    views.leader("pg3", 30, views.now());
    assertThat(decide(reader, before, promoting, next())).isEqualTo(Verdict.END);
    assertThat(decide(reader, before, next())).as("who never held it").isEqualTo(Verdict.KEEP);
  }

  @Test
  void aReplicaThatHeldTheKeyIsBlockedWhileNobodyDoes() {
    Input before = next();
    Facts reader = session("pg2", false);
    views.leader("pg2", 20, views.now());
    Input promoting = next();
    views.noLeader();
    assertThat(decide(reader, before, promoting, next())).isEqualTo(Verdict.BLOCK);
    views.leader("pg2", 30, views.now());
    assertThat(decide(reader, before, promoting, next())).isEqualTo(Verdict.KEEP);
  }

  @Test
  void theLeaderOfAStandbyClusterTakesNoWritesSoItsReadersStay() {
    Input before = next();
    Facts reader = session("pg2", false);
    views.leader("pg2", 20, views.now());
    Input awaited = next();
    views.member("pg2", Role.STANDBY_LEADER, 1, Tags.NONE, 0);
    Input standby = next();
    assertThat(standby.write().reason()).isEqualTo(WriteReason.STANDBY_CLUSTER);
    views.noLeader();
    Input nobody = next();
    views.leader("pg3", 30, views.now());
    assertThat(decide(reader, before, awaited, standby, nobody, next())).isEqualTo(Verdict.KEEP);
  }

  @Test
  void theSameNameAtAnotherAddressIsAnotherMember() {
    next();
    Facts writer = session("pg1", true);
    views.address("pg1", new HostPort("10.0.0.9", 5432), true);
    assertThat(decide(writer, next())).isEqualTo(Verdict.END);
    Facts reader = session("pg1", false);
    views.address("pg1", new HostPort("10.0.0.9", 5433), true).noLeader();
    assertThat(decide(reader, next())).isEqualTo(Verdict.KEEP);
  }

  @Test
  void theSameNameAtAnotherAddressIsFencedWhileTheRouteIsHeldToo() {
    next();
    Facts writer = session("pg1", true);
    views.noLeader();
    assertThat(decide(writer, next())).isEqualTo(Verdict.BLOCK);
    views.address("pg1", new HostPort("10.0.0.9", 5432), true);
    assertThat(decide(writer, next())).isEqualTo(Verdict.END);
  }

  @Test
  void anAddressThatIsGuessedProvesNothing() {
    next();
    Facts writer = session("pg1", true);
    views.address("pg1", new HostPort("10.9.9.1", 5432), false);
    assertThat(decide(writer, next())).isEqualTo(Verdict.KEEP);
    Facts early = session("pg1", true).answered(true);
    Facts guessed =
        Facts.dialling(new Target("pg1", new HostPort("10.9.9.1", 5432)), true, table)
            .answered(true);
    assertThat(early.announced()).isFalse();
    views.address("pg1", new HostPort("pg1.example", 5432), true);
    assertThat(decide(guessed, next())).isEqualTo(Verdict.KEEP);
  }

  @Test
  void whoWasCalledByItsAddressIsTheSameWhenItsNameIsKnown() {
    next();
    Facts writer =
        Facts.dialling(new Target("pg1.example:8008", target("pg1").postgres()), true, table)
            .answered(true);
    assertThat(decide(writer, next())).isEqualTo(Verdict.KEEP);
  }

  @Test
  void inASwitchoverWhatWouldBeginWaits() {
    next();
    views.failover(
        new FailoverKey(Optional.of("pg1"), Optional.of("pg2"), Optional.empty(), views.now()));
    Input switching = next();
    assertThat(decide(session("pg1", true), switching)).isEqualTo(Verdict.BLOCK_WHEN_IDLE);
    assertThat(decide(session("pg1", true).answered(false), switching)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void whoHasNotBeenAnsweredIsGivenAnother() {
    next();
    Facts asked = Facts.dialling(target("pg1"), true, table);
    assertThat(decide(asked, next())).isEqualTo(Verdict.KEEP);
    views.noLeader();
    assertThat(decide(asked, next())).isEqualTo(Verdict.REPLACE);
  }

  // A reader on a replica that became the primary: everything that can change alone.

  private Facts promoted() {
    views.gone("pg1").gone("pg3").leader("pg2", 20, views.now());
    next();
    views.primary("pg2");
    return session("pg2", false).seen(next());
  }

  @Test
  void aReaderGoesWhenTheReplicaReturnsLate() {
    Facts reader = promoted();
    Input alone = next();
    assertThat(decide(reader, alone)).isEqualTo(Verdict.KEEP);
    views.replica("pg1");
    Input returned = next();
    assertThat(returned.write()).as("only who is eligible has changed").isEqualTo(alone.write());
    assertThat(returned).isNotEqualTo(alone);
    assertThat(decide(reader, returned)).isEqualTo(Verdict.DEPART_WHEN_IDLE);
    views.gone("pg1");
    assertThat(decide(reader, next())).as("gone again").isEqualTo(Verdict.KEEP);
  }

  @Test
  void whoFellBackToThePrimaryOrCannotBeFollowedStays() {
    Facts reader = promoted();
    views.replica("pg1");
    Input returned = next();
    assertThat(decide(session("pg2", true), returned)).isEqualTo(Verdict.KEEP);
    assertThat(decide(reader.answered(false), returned)).isEqualTo(Verdict.KEEP);
    assertThat(decide(reader, next(picker(RouteKind.ANY)))).isEqualTo(Verdict.KEEP);
  }

  /** Each change makes the other replica eligible, and leaves the write decision as it was. */
  private static final Map<String, List<Consumer<Views>>> ELIGIBLE =
      Map.of(
          "noloadbalance",
          List.of(
              v -> v.replica("pg1", new Tags(Map.of("noloadbalance", "true")), 1000),
              v -> v.replica("pg1", Tags.NONE, 1000)),
          "lag",
          List.of(v -> v.replica("pg1", Tags.NONE, 1), v -> v.replica("pg1", Tags.NONE, 950)),
          "role",
          List.of(
              v -> v.member("pg1", Role.UNINITIALIZED, 1, Tags.NONE, 1000),
              v -> v.replica("pg1", Tags.NONE, 1000)),
          "replication",
          List.of(
              v -> v.replica("pg1", Tags.NONE, 1000).notStreaming("pg1"),
              v -> v.replica("pg1", Tags.NONE, 1000)),
          "silence",
          List.of(
              v -> v.replica("pg1", Tags.NONE, 1000).restFails("pg1").keyGone("pg1"),
              v -> v.replica("pg1", Tags.NONE, 1000)),
          "address",
          List.of(
              v -> v.replica("pg1", Tags.NONE, 1000).noAddress("pg1"),
              v -> v.replica("pg1", Tags.NONE, 1000)));

  @ParameterizedTest
  @ValueSource(strings = {"noloadbalance", "lag", "role", "replication", "silence", "address"})
  void whateverMakesAReplicaEligibleIsAnInput(String what) {
    Facts reader = promoted();
    views.leaderLsn(1000);
    ELIGIBLE.get(what).getFirst().accept(views);
    Input before = next();
    assertThat(decide(reader, before)).isEqualTo(Verdict.KEEP);
    ELIGIBLE.get(what).getLast().accept(views);
    Input after = next();
    assertThat(after.write()).isEqualTo(before.write());
    assertThat(after).isNotEqualTo(before);
    assertThat(decide(reader, after)).isEqualTo(Verdict.DEPART_WHEN_IDLE);
  }

  @Test
  void whoIsSynchronousIsAnInputOfThatRoute() {
    Facts reader = promoted();
    Picker sync = picker(RouteKind.SYNC);
    views.replica("pg1");
    Input before = next(sync);
    assertThat(decide(reader, before)).isEqualTo(Verdict.KEEP);
    views.sync("pg1");
    Input after = next(sync);
    assertThat(after.write()).isEqualTo(before.write());
    assertThat(decide(reader, after)).isEqualTo(Verdict.DEPART_WHEN_IDLE);
  }

  /** Whatever happens, in any order. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void verdictsAreSafeAndDependOnInputsAlone(long seed) {
    Random random = new Random(seed);
    next();
    Map<String, Facts> all =
        new java.util.TreeMap<>(
            Map.of(
                "writer", session("pg1", true),
                "reader", session("pg2", false),
                "blind reader", session("pg3", false).answered(false)));
    Map<String, Verdict> verdicts = new java.util.HashMap<>();
    Input last = next();
    for (int step = 0; step < 4000; step++) {
      RandomViewsTest.mutate(views, random, step);
      if (random.nextInt(50) == 0) {
        views.knownAddress("pg" + (1 + random.nextInt(3)), new HostPort("new" + step, 5432));
      }
      Input input = next();
      for (Map.Entry<String, Facts> each : all.entrySet()) {
        Facts before = each.getValue();
        Facts facts = before.seen(input);
        Verdict verdict = Fence.decide(facts, input);
        int at = step;
        Supplier<String> where = () -> "seed " + seed + " step " + at + ": " + facts + " " + input;
        String member = facts.target().member();
        boolean leads = input.write().owner().equals(Optional.of(member));
        if (before.primary() && input.write().owner().isPresent() && !leads) {
          assertThat(verdict).as(where).isEqualTo(Verdict.END);
        }
        if (input.write().blocked() && leads && before.primary()) {
          assertThat(verdict).as(where).isIn(Verdict.BLOCK, Verdict.END);
        }
        if (!facts.primary()) {
          assertThat(verdict).as(where).isEqualTo(Verdict.KEEP);
        }
        if (verdict == Verdict.END) {
          boolean moved =
              !input
                  .owner()
                  .orElseThrow()
                  .postgres()
                  .equals(Optional.of(facts.target().postgres()));
          assertThat(!leads || moved).as(where).isTrue();
        }
        if (verdict == Verdict.DEPART_WHEN_IDLE) {
          assertThat(facts.asPrimary() || !facts.followed()).as(where).isFalse();
          assertThat(input.write().target()).as(where).contains(facts.target());
          assertThat(input.replicas().stream().anyMatch(it -> !it.equals(member))).isTrue();
        }
        if (input.equals(last) && verdicts.containsKey(each.getKey())) {
          assertThat(verdict).as(where).isEqualTo(verdicts.get(each.getKey()));
        }
        verdicts.put(each.getKey(), verdict);
        if (verdict == Verdict.END) {
          // The client comes again.
          Facts again = session(member, input.write().target().equals(Optional.of(target(member))));
          each.setValue(again.answered(facts.followed()).seen(input));
          verdicts.remove(each.getKey());
        } else {
          each.setValue(facts);
        }
      }
      last = input;
    }
  }
}
