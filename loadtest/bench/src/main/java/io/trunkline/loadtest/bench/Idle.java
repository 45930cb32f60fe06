package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Connections that do nothing: what they hold of the proxy's memory, and how long it takes to open
 * them; then a thousand of them are busy. The first seconds of a proxy have a case of their own.
 */
final class Idle implements Case {
  private static final int ACTIVE = 1000;
  private static final int ROUNDS = 3;
  private static final String UNIT = "transaction";

  private final Map<Integer, Map<Way, List<Sample>>> steps = new TreeMap<>();
  private final Map<Way, List<Sample>> busy = new EnumMap<>(Way.class);

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    boolean quick = field.options().quick();
    int most = Site.mostSessions();
    for (int step : quick ? new int[] {1000, most} : new int[] {100, 1000, 5000, most}) {
      steps.put(step, new EnumMap<>(Way.class));
    }
    List<Way> ways =
        quick
            ? List.of(HAPROXY, TRUNKLINE)
            : List.of(
                HAPROXY,
                HAPROXY_TUNED,
                HAPROXY_OTHER,
                HAPROXY_TERMINATED,
                PGBOUNCER,
                TRUNKLINE,
                OPAQUE,
                TERMINATED);
    for (int round = quick ? ROUNDS - 1 : 0; round < ROUNDS; round++) {
      for (Way way : field.possible(ways)) {
        try (Contender contender = field.settled(field.site().open(way))) {
          measure(contender, field.options().seconds());
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    steps.forEach(
        (step, samples) ->
            rows.add(
                new Row(
                    step == most ? "idle-most" : "idle-" + step,
                    "%,d idle connections".formatted(step),
                    "connection",
                    samples)));
    rows.add(
        new Row("idle-active", "%,d busy connections of %,d".formatted(ACTIVE, most), UNIT, busy));
    return rows;
  }

  private void measure(Contender contender, double seconds)
      throws IOException, InterruptedException {
    List<String> options =
        List.of(
            "-c",
            Integer.toString(steps.keySet().stream().max(Integer::compare).orElseThrow()),
            "-S",
            steps.keySet().stream().map(String::valueOf).collect(Collectors.joining(",")),
            "-a",
            Integer.toString(ACTIVE),
            "-t",
            Double.toString(seconds));
    double empty = contender.daemon().residentKb();
    double opening = 0;
    try (Peer peer = Peer.start(List.of(), "hold", contender, options)) {
      for (Map.Entry<Integer, Map<Way, List<Sample>>> step : steps.entrySet()) {
        opening += peer.figures().get("seconds");
        double resident = contender.daemon().residentKb();
        Sample sample =
            Sample.of(Figure.MEMORY_EACH, (resident - empty) / step.getKey())
                .with(Figure.RESIDENT, resident / 1024)
                .with(Figure.OPENING, opening);
        add(step.getValue(), contender.way(), sample);
        peer.proceed();
      }
      Processor before = Processor.now(contender);
      Map<String, Double> figures = peer.figures();
      Processor taken = Processor.now(contender).since(before);
      peer.await();
      add(busy, contender.way(), taken.each(PeerLoad.sample(figures), figures.get("count")));
    }
  }

  private static void add(Map<Way, List<Sample>> samples, Way way, Sample sample) {
    samples.computeIfAbsent(way, _ -> new ArrayList<>()).add(sample);
    System.out.println("idle, " + way.title() + ": " + Rounds.words(sample));
  }
}
