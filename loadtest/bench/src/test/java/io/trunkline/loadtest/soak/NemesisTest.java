package io.trunkline.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NemesisTest {
  private static final String FIRST =
      """
      round 1: a storm of 73 s, then 45 s of calm
         19 s to  38 s: VIP drained (the proxy with the VIP)
         24 s to  25 s: PostgreSQL stopped and started (a replica)
         33 s to  62 s: slow link of a member (the primary)
      """;

  private static List<Round> rounds(long seed, int count) {
    Nemesis nemesis = new Nemesis(seed);
    return IntStream.range(0, count).mapToObj(_ -> nemesis.next()).toList();
  }

  @Test
  void aSeedIsAlwaysTheSamePlan() {
    assertThat(rounds(7, 50)).isEqualTo(rounds(7, 50)).isNotEqualTo(rounds(8, 50));
  }

  /** Written down, so that a change of the code does not make another plan of an old seed. */
  @Test
  void theFirstRoundOfSeedOne() {
    assertThat(rounds(1, 1).getFirst()).hasToString(FIRST);
  }

  @Test
  void everyVerbOccursBeforeAnyOccursAThirdTime() {
    Set<Verb> seen = EnumSet.noneOf(Verb.class);
    List<Verb> dealt =
        rounds(3, 200).stream().flatMap(r -> r.faults().stream()).map(Fault::verb).toList();
    int all = Verb.values().length;
    for (int i = 0; i + 2 * all <= dealt.size(); i += all) {
      seen.clear();
      seen.addAll(dealt.subList(i, i + 2 * all));
      assertThat(seen).hasSize(all);
    }
  }

  @Test
  void aStormHasDifferentFaultsThatEndWithinItAndSomeOverlap() {
    List<Round> rounds = rounds(11, 200);
    for (Round round : rounds) {
      assertThat(round.faults())
          .hasSizeBetween(2, 4)
          .extracting(Fault::verb)
          .doesNotHaveDuplicates();
      for (Fault fault : round.faults()) {
        assertThat(fault.end()).isLessThanOrEqualTo(round.storm());
        assertThat(fault.verb().roles()).contains(fault.role());
        assertThat(fault.length()).isPositive();
      }
      assertThat(round.calm()).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
    }
    assertThat(rounds).anyMatch(NemesisTest::overlaps);
  }

  private static boolean overlaps(Round round) {
    List<Fault> faults = round.faults();
    return IntStream.range(1, faults.size())
        .anyMatch(i -> faults.get(i).begin().compareTo(faults.get(i - 1).end()) < 0);
  }
}
