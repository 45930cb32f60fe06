package io.trunkline.loadtest.continuity;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The logs of the clients of one driver, or of all, beside the ledger.
 *
 * @param lost acknowledged, and not there
 * @param twice rows that are there once more
 * @param refused answered with 40001
 * @param refusedCommitted answered with 40001, and there
 * @param unknown ended with 08007
 * @param others how the others ended, by SQLSTATE
 * @param unclearCommitted of those with 08007 and the others, how many are there
 * @param unexplained there, and in no log
 * @param counters what they add up to
 * @param rows of the ledger
 * @param between connections that could not be opened, or were lost outside of an attempt
 */
public record Tally(
    int attempts,
    int acknowledged,
    int lost,
    int twice,
    int refused,
    int refusedCommitted,
    int unknown,
    Map<String, Integer> others,
    int unclearCommitted,
    int unexplained,
    long counters,
    long rows,
    Map<String, Integer> between) {

  static Tally of(int client, CounterLog log, Ledger ledger) {
    BitSet committed = ledger.committed(client);
    BitSet logged = union(log.acknowledged(), log.lost(), log.unclear());
    Map<String, Integer> others = new TreeMap<>(log.ends());
    int unknown = others.getOrDefault(CounterLog.UNKNOWN, 0);
    others.remove(CounterLog.UNKNOWN);
    return new Tally(
        logged.cardinality(),
        log.acknowledged().cardinality(),
        without(log.acknowledged(), committed),
        ledger.twice(client),
        log.lost().cardinality(),
        both(log.lost(), committed),
        unknown,
        others,
        both(log.unclear(), committed),
        without(committed, logged),
        ledger.counter(client),
        ledger.rows(client),
        log.between());
  }

  static Tally sum(List<Tally> tallies) {
    return tallies.stream().reduce(Tally::plus).orElseThrow();
  }

  private Tally plus(Tally more) {
    return new Tally(
        attempts + more.attempts,
        acknowledged + more.acknowledged,
        lost + more.lost,
        twice + more.twice,
        refused + more.refused,
        refusedCommitted + more.refusedCommitted,
        unknown + more.unknown,
        merged(others, more.others),
        unclearCommitted + more.unclearCommitted,
        unexplained + more.unexplained,
        counters + more.counters,
        rows + more.rows,
        merged(between, more.between));
  }

  /** Whether everything was done exactly once: of one client, or of several together. */
  boolean exact() {
    return lost == 0
        && twice == 0
        && refusedCommitted == 0
        && unexplained == 0
        && counters == rows
        && counters == (long) acknowledged + unclearCommitted;
  }

  private static BitSet union(BitSet... sets) {
    BitSet all = new BitSet();
    for (BitSet set : sets) {
      all.or(set);
    }
    return all;
  }

  private static int both(BitSet one, BitSet other) {
    BitSet common = (BitSet) one.clone();
    common.and(other);
    return common.cardinality();
  }

  private static int without(BitSet one, BitSet other) {
    return one.cardinality() - both(one, other);
  }

  private static Map<String, Integer> merged(Map<String, Integer> one, Map<String, Integer> more) {
    Map<String, Integer> all = new TreeMap<>(one);
    more.forEach((state, n) -> all.merge(state, n, Integer::sum));
    return all;
  }

  /** The head of the table whose rows are {@link #row}. */
  static String head() {
    List<String> columns =
        List.of(
            "Driver",
            "clients",
            "attempts",
            "acknowledged",
            "lost",
            "twice",
            "40001",
            "40001 and committed",
            "08007",
            "other ends",
            "of these two committed",
            "counters",
            "outside of attempts");
    return "| " + String.join(" | ", columns) + " |\n" + "|-".repeat(columns.size()) + "|\n";
  }

  String row(String title, int clients) {
    List<Object> cells = new ArrayList<>();
    cells.add(title);
    cells.add(clients);
    cells.addAll(List.of(attempts, acknowledged, lost, twice, refused, refusedCommitted, unknown));
    cells.add(states(others));
    cells.addAll(List.of(unclearCommitted, counters));
    cells.add(states(between));
    return "| " + String.join(" | ", cells.stream().map(String::valueOf).toList()) + " |\n";
  }

  /** For example {@code 2 × 57P01, 1 × none}. */
  static String states(Map<String, Integer> states) {
    List<String> texts = new ArrayList<>();
    states.forEach((state, n) -> texts.add(n + " × " + state));
    return texts.isEmpty() ? "0" : String.join(", ", texts);
  }
}
