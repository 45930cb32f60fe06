package io.trunkline.loadtest.soak;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Draws rounds from a seed, one after the other: the same seed, the same rounds. Verbs are dealt as
 * cards are: none comes again before each was there.
 */
final class Nemesis {
  private static final int SHORTEST_STORM = 60;
  private static final int LONGEST_STORM = 90;
  private static final int FEWEST_FAULTS = 2;
  private static final int MOST_FAULTS = 4;
  private static final Duration CALM = Duration.ofSeconds(45);

  private final Random random;
  private final Deque<Verb> cards = new ArrayDeque<>();
  private int rounds;

  Nemesis(long seed) {
    random = new Random(seed);
  }

  Round next() {
    int storm = between(SHORTEST_STORM, LONGEST_STORM);
    int count = between(FEWEST_FAULTS, MOST_FAULTS);
    List<Fault> faults = new ArrayList<>();
    for (Verb verb : hand(count)) {
      Role role = verb.roles().get(random.nextInt(verb.roles().size()));
      int length = between(verb.shortest(), verb.longest());
      // They overlap as chance has it; each ends within the storm.
      int begin = random.nextInt(storm / 2);
      faults.add(new Fault(verb, role, Duration.ofSeconds(begin), Duration.ofSeconds(length)));
    }
    faults.sort(Comparator.comparing(Fault::begin));
    rounds++;
    return new Round(rounds, Duration.ofSeconds(storm), faults, CALM);
  }

  /** So many different verbs. */
  private List<Verb> hand(int count) {
    List<Verb> hand = new ArrayList<>();
    List<Verb> again = new ArrayList<>();
    while (hand.size() < count) {
      if (cards.isEmpty()) {
        List<Verb> deck = new ArrayList<>(List.of(Verb.values()));
        Collections.shuffle(deck, random);
        cards.addAll(deck);
      }
      Verb verb = cards.remove();
      (hand.contains(verb) ? again : hand).add(verb);
    }
    again.forEach(cards::addFirst);
    return hand;
  }

  private int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }
}
