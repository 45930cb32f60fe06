package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.routing.SentinelAnswer.Access;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither etcd nor Patroni can be asked: what PostgreSQL itself shows. */
class ReplicationTest {
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final List<String> NAMES = List.of("pg1", "pg2", "pg3", "pg4", "pg5");

  private final WriteRouting routing =
      new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.HOLD));

  private final WriteDecision owned =
      routing.decide(Views.healthy().view(), WriteDecision.initial(Views.START));

  /** etcd and all REST APIs have been silent for a minute; pg1 was the primary. */
  private static Views cutOff() {
    Views views = Views.healthy().restFails("pg1").restFails("pg2").restFails("pg3");
    return views.later(Duration.ofSeconds(60)).dcsLost(Duration.ofSeconds(60));
  }

  private static Views streaming() {
    return cutOff()
        .sentinel("pg1", Access.READ_WRITE)
        .streams("pg2", "pg1", 1)
        .streams("pg3", "pg1", 1);
  }

  private void assertOpen(Views views) {
    WriteDecision decision = routing.decide(views.view(), owned);
    assertThat(decision.state()).isEqualTo(WriteState.DEGRADED);
    assertThat(decision.reason()).isEqualTo(WriteReason.STANDBYS_STREAM);
    assertThat(decision.target().map(Target::member)).contains("pg1");
    assertThat(decision.blocked()).isFalse();
  }

  private void assertIsolated(Views views) {
    WriteDecision decision = routing.decide(views.view(), owned);
    assertThat(decision.state()).isEqualTo(WriteState.ISOLATED);
    assertThat(decision.target()).isEmpty();
    assertThat(decision.blocked()).isTrue();
  }

  @Test
  void aPrimaryThatMostOthersStreamFromTakesWrites() {
    assertOpen(streaming());
    assertOpen(streaming().later(GRACE));
    assertIsolated(streaming().later(GRACE.plusMillis(1)));
  }

  @Test
  void whenPatroniIsSeenAgainItDecides() {
    Views views = streaming().primary("pg1").replica("pg2");
    assertThat(routing.decide(views.view(), owned).reason()).isEqualTo(WriteReason.REST_LOCK);
  }

  @Test
  void anIsolatedPrimaryStops() {
    assertIsolated(cutOff().sentinel("pg1", Access.READ_WRITE));
    assertIsolated(cutOff().sentinel("pg1", Access.READ_WRITE).streams("pg2", "pg1", 1));
    assertIsolated(streaming().sentinelFails("pg3"));
  }

  @Test
  void standbysOfAnotherDoNotCount() {
    assertIsolated(streaming().streams("pg3", "pg2", 1));
    assertIsolated(streaming().streams("pg3", "pg1", 2));
    assertIsolated(streaming().sentinel("pg3", Access.IN_RECOVERY));
  }

  @Test
  void twoOutOfRecoveryProveNothing() {
    for (Access access : List.of(Access.READ_WRITE, Access.READ_ONLY)) {
      Views views = streaming().replica("pg4").replica("pg5").restFails("pg4").restFails("pg5");
      views.streams("pg4", "pg1", 1).later(Duration.ofSeconds(10));
      views.sentinel("pg1", Access.READ_WRITE).dcsLost(Duration.ofSeconds(10));
      views.streams("pg2", "pg1", 1).streams("pg3", "pg1", 1).streams("pg4", "pg1", 1);
      assertOpen(views);
      assertIsolated(views.sentinel("pg5", access));
    }
  }

  @Test
  void nobodyBecomesThePrimaryByIt() {
    Views views = cutOff().sentinel("pg2", Access.READ_WRITE);
    assertIsolated(views.streams("pg1", "pg2", 1).streams("pg3", "pg2", 1));
    WriteDecision nobody = WriteDecision.initial(Views.START);
    assertThat(routing.decide(streaming().view(), nobody).target()).isEmpty();
  }

  @Test
  void aPrimaryBelowTheTimelineMarkStops() {
    TimelineMark mark = new TimelineMark("sys", 2, Optional.of("pg2"), Optional.empty(), false);
    assertIsolated(streaming().mark(mark));
  }

  @Test
  void aPrimaryThatHasLostTheLockStops() {
    assertIsolated(streaming().withoutLock("pg1"));
  }

  @Test
  void anotherThatHoldsTheLockStopsIt() {
    assertIsolated(streaming().primary("pg2").streams("pg2", "pg1", 1));
  }

  /** Any number of members in any state: open exactly where the rule, written anew, says so. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void theRuleHoldsWhateverSentinelsSee(long seed) {
    Random random = new Random(seed);
    int open = 0;
    for (int round = 0; round < 20_000; round++) {
      int size = 1 + random.nextInt(NAMES.size());
      Views views = Views.healthy();
      NAMES.forEach(views::gone);
      NAMES.subList(0, size).forEach(name -> views.replica(name).restFails(name));
      views.later(Duration.ofSeconds(60)).dcsLost(Duration.ofSeconds(60));
      boolean single = random.nextBoolean();
      Set<String> answering = new HashSet<>();
      Set<String> out = new HashSet<>();
      Set<String> following = new HashSet<>();
      for (String name : NAMES.subList(0, size)) {
        int kind = random.nextInt(single ? 8 : 12);
        switch (kind) {
          case 0 -> {}
          case 1 -> views.streams(name, "pg1", 1).sentinelFails(name);
          case 2 ->
              views.sentinel(
                  name,
                  new SentinelAnswer(
                      views.now().minusSeconds(4),
                      views.now().minusSeconds(4),
                      Access.READ_WRITE,
                      OptionalLong.of(1)),
                  Optional.empty());
          case 3 -> views.sentinel(name, Access.NOT_ACCEPTING);
          case 10 -> views.sentinel(name, Access.READ_ONLY);
          case 11 -> views.sentinel(name, Access.READ_WRITE);
          default -> {
            String from = random.nextInt(6) == 0 ? "pg2" : "pg1";
            long timeline = random.nextInt(8) == 0 ? 2 : 1;
            views.streams(name, from, timeline);
            if (from.equals("pg1") && timeline == 1) {
              following.add(name);
            }
          }
        }
        if (single && name.equals("pg1") && random.nextInt(4) > 0) {
          views.sentinel(name, Access.READ_WRITE);
          following.remove(name);
          kind = 11;
        }
        if (kind > 2) {
          answering.add(name);
        }
        if (kind > 9) {
          out.add(name);
        }
        if (kind == 10) {
          following.remove(name);
        }
      }
      WriteDecision decision = routing.decide(views.view(), owned);
      boolean onlyPg1 =
          out.equals(Set.of("pg1"))
              && views
                      .view()
                      .member("pg1")
                      .flatMap(Member::sentinel)
                      .flatMap(SentinelHealth::last)
                      .orElseThrow()
                      .access()
                  == Access.READ_WRITE;
      boolean expected = onlyPg1 && 2 * answering.size() > size && 2 * following.size() > size - 1;
      assertThat(decision.target().isPresent())
          .as("seed %d round %d: %s of %s", seed, round, decision, views.view())
          .isEqualTo(expected);
      open += expected ? 1 : 0;
    }
    assertThat(open).isBetween(500, 15_000);
  }
}
