package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The host of the primary is lost under 2,000 sessions, and another member is promoted at once:
 * what is measured is the proxy's share of a failover. There is no etcd here: everybody learns of
 * it from Patroni's REST API alone.
 */
final class Failover implements Case {
  private static final int SESSIONS = 2000;
  private static final int ROUNDS = 3;
  private static final Duration CALM = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "failover";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    boolean quick = field.options().quick();
    List<Way> ways =
        quick
            ? List.of(HAPROXY_TUNED, TRUNKLINE)
            : List.of(HAPROXY, HAPROXY_TUNED, HAPROXY_OTHER_TUNED, TRUNKLINE, OPAQUE);
    Map<Way, List<Sample>> samples = new EnumMap<>(Way.class);
    for (int round = quick ? ROUNDS - 1 : 0; round < ROUNDS; round++) {
      for (Way way : field.possible(ways)) {
        Sample sample = measure(field, way);
        samples.computeIfAbsent(way, _ -> new ArrayList<>()).add(sample);
        System.out.println("failover, " + way.title() + ": " + Rounds.words(sample));
      }
    }
    return List.of(
        new Row(
            "failover",
            "a failover under 2,000 sessions, 4,000 transactions/s",
            "failover",
            samples));
  }

  private static Sample measure(Field field, Way way) throws IOException, InterruptedException {
    String address = field.site().address();
    List<Integer> members = List.of(Ports.free(), Ports.free(), Ports.free());
    List<String> options = List.of("-c", Integer.toString(SESSIONS), "-r", "4000", "-t", "90");
    try (Daemon first = Peer.serve(field.site(), address, members.getFirst());
        Daemon _ = Peer.serve(field.site(), address, members.get(1));
        Daemon _ = Peer.serve(field.site(), address, members.getLast());
        StubPatroni patroni = StubPatroni.of(address, members);
        Contender contender = field.site().leadingTo(patroni).open(way);
        Peer crowd = opened(contender, options)) {
      Daemon.pause(CALM);
      double before = contender.daemon().processorSeconds();
      first.kill();
      patroni.failOver(1);
      crowd.proceed();
      Map<String, Double> figures = crowd.figures();
      double spent = contender.daemon().processorSeconds() - before;
      if (figures.get("back") < SESSIONS) {
        throw new LabException(
            "%s: not all sessions came back: %s%n%s"
                .formatted(way.title(), figures, contender.daemon().log()));
      }
      return Sample.of(Figure.BACK, figures.get("seconds")).with(Figure.CPU_SPENT, spent);
    }
  }

  private static Peer opened(Contender contender, List<String> options) throws IOException {
    Peer crowd = Peer.start(List.of(), "crowd", contender, options);
    crowd.line();
    return crowd;
  }
}
