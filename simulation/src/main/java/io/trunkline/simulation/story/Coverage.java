package io.trunkline.simulation.story;

import java.util.Map;
import java.util.TreeMap;

/** How often each state, reason and fault was reached. */
public final class Coverage {
  private final TreeMap<String, TreeMap<String, Long>> counts = new TreeMap<>();

  /**
   * Once more.
   *
   * @param kind of what: {@code write_reason}
   */
  public void count(String kind, String which) {
    count(kind, which, 1);
  }

  /** So many times more. */
  public void count(String kind, String which, long times) {
    counts.computeIfAbsent(kind, _ -> new TreeMap<>()).merge(which, times, Long::sum);
  }

  /** Adds those of another simulation. */
  public void add(Coverage other) {
    other.counts.forEach(
        (kind, each) ->
            each.forEach(
                (which, count) ->
                    counts
                        .computeIfAbsent(kind, _ -> new TreeMap<>())
                        .merge(which, count, Long::sum)));
  }

  /** All of one kind. */
  public Map<String, Long> of(String kind) {
    return counts.getOrDefault(kind, new TreeMap<>());
  }

  /** The kinds of which anything was counted. */
  public Iterable<String> kinds() {
    return counts.keySet();
  }
}
