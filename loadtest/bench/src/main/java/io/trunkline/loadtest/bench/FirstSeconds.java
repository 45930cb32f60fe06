package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.HAPROXY;
import static io.trunkline.loadtest.bench.Way.HAPROXY_TUNED;
import static io.trunkline.loadtest.bench.Way.TRUNKLINE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first five seconds after a start: a daemon on a Java virtual machine compiles its code while
 * it works. Each round starts every proxy anew, one after the other.
 */
final class FirstSeconds implements Case {
  private static final List<Way> WAYS = List.of(HAPROXY, HAPROXY_TUNED, TRUNKLINE);
  private static final Load LOAD = Pgbench.of("-S", "-M", "prepared", "-c", "16", "-j", "2");

  /**
   * A part of that time.
   *
   * @param title which part, counted from the first answer, without what pgbench takes to connect
   */
  private record Window(String id, String title, double seconds) {
    Row row(Map<Way, List<Sample>> samples) {
      return new Row(
          id,
          "after a start, " + title + ": pgbench select-only, prepared, 16 clients",
          "transaction",
          samples);
    }
  }

  private static final List<Window> WINDOWS =
      List.of(
          new Window("cold-1", "first second", 1),
          new Window("cold-2", "second second", 1),
          new Window("cold-5", "seconds three to five", 3));

  @Override
  public String name() {
    return "cold";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    Map<Window, Map<Way, List<Sample>>> samples = new LinkedHashMap<>();
    WINDOWS.forEach(window -> samples.put(window, new EnumMap<>(Way.class)));
    for (int round = 0; round < field.options().pairs(); round++) {
      for (int i = 0; i < WAYS.size(); i++) {
        Way way = WAYS.get((round + i) % WAYS.size());
        try (Contender contender = field.site().open(way)) {
          SessionProbe.firstAnswer(contender);
          for (Window window : WINDOWS) {
            Sample sample = LOAD.run(contender, window.seconds());
            samples.get(window).computeIfAbsent(way, _ -> new ArrayList<>()).add(sample);
            Rounds.tell(window.id(), round, way, sample);
          }
        }
      }
    }
    return samples.entrySet().stream().map(it -> it.getKey().row(it.getValue())).toList();
  }
}
