package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Certificates;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Both servers, what says that they are primaries, and the proxies in front of them, each started
 * when it is first needed. All on loopback.
 */
final class Field implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int SCALE = 10;

  /** Of a JVM that has just been started, with each kind of load: its compilers need that many. */
  private static final double SETTLE_SECONDS = 15;

  private static final double QUICK_SETTLE_SECONDS = 4;

  /** Before each load, of everybody. */
  private static final double WARM_UP_SECONDS = 2;

  private static final double QUICK_WARM_UP_SECONDS = 0.5;

  private final Options options;
  private final Site site;
  private final LocalPostgres postgres;
  private final Daemon fake;
  private final Map<Way, Contender> contenders = new EnumMap<>(Way.class);

  private final List<String> failed = new ArrayList<>();

  private boolean closed;

  private Field(Options options, Site site, LocalPostgres postgres, Daemon fake) {
    this.options = options;
    this.site = site;
    this.postgres = postgres;
    this.fake = fake;
  }

  static Field open(Options options) throws IOException {
    Leftovers.sweep();
    Path directory = Leftovers.directory("field");
    Project.run(5, "chmod", "755", directory.toString());
    new Certificates(directory.resolve("ca")).issue(directory, "proxy", LOOPBACK);
    LocalPostgres postgres = LocalPostgres.start(SCALE, directory);
    try {
      int port = Ports.free();
      Site site =
          new Site(
              directory,
              LOOPBACK,
              List.of(),
              StubPatroni.of(LOOPBACK, List.of(postgres.port())),
              StubPatroni.of(LOOPBACK, List.of(port)),
              options.haproxy().orElse(Path.of("/nowhere")),
              options.trunkline().orElse(Project.distribution().resolve("bin/trunkline")));
      return open(options, site, postgres, port);
    } catch (IOException | RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  private static Field open(Options options, Site site, LocalPostgres postgres, int port)
      throws IOException {
    try {
      Field field = new Field(options, site, postgres, Peer.serve(site, LOOPBACK, port));
      Runtime.getRuntime().addShutdownHook(new Thread(field::close));
      return field;
    } catch (IOException | RuntimeException e) {
      site.closeApis(); // their threads would keep this program from ending
      throw e;
    }
  }

  Options options() {
    return options;
  }

  Site site() {
    return site;
  }

  /** The rows of one COPY. */
  Path rows() {
    return postgres.rows();
  }

  /** Those of the ways that can be measured here, started. */
  List<Contender> contenders(List<Way> ways) throws IOException, InterruptedException {
    List<Contender> found = new ArrayList<>();
    for (Way way : possible(ways)) {
      if (!contenders.containsKey(way)) {
        contenders.put(way, settled(site.open(way)));
      }
      found.add(contenders.get(way));
    }
    return found;
  }

  List<Way> possible(List<Way> ways) {
    return ways.stream().filter(way -> !way.other() || options.haproxy().isPresent()).toList();
  }

  /** The titles of rows that failed, in order. */
  List<String> failed() {
    return failed;
  }

  /** A row: first all contenders warm up, then they take turns. Without samples if it fails. */
  Row measure(String id, String title, String unit, Load load, List<Way> ways)
      throws IOException, InterruptedException {
    List<Contender> open;
    try {
      open = contenders(ways);
    } catch (LabException e) {
      tellFailed(title, e);
      return new Row(id, title, unit, Map.of());
    }
    return measure(id, title, unit, load, open, options.pairs(), options.seconds());
  }

  Row measure(
      String id,
      String title,
      String unit,
      Load load,
      List<Contender> open,
      int rounds,
      double seconds)
      throws IOException, InterruptedException {
    for (Contender contender : open) {
      warmUp(load, contender, options.quick() ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS);
    }
    Row empty = new Row(id, title, unit, Map.of());
    try {
      return Rounds.measure(empty, load, open, rounds, seconds);
    } catch (LabException e) {
      tellFailed(title, e);
      return empty;
    }
  }

  /** What other rows have measured in hours is not lost for it. */
  private void tellFailed(String title, LabException why) {
    System.err.println(title + " failed: " + why.getMessage());
    failed.add(title);
  }

  /** A failure here is told: what is measured then may be a JVM that has not compiled its code. */
  private void warmUp(Load load, Contender contender, double seconds)
      throws IOException, InterruptedException {
    try {
      load.run(contender, seconds);
    } catch (LabException e) {
      tellFailed(contender.way().title() + ", warming up", e);
    }
  }

  /**
   * The same, once its compilers have seen what it does: sessions that stay, and that come and go.
   */
  Contender settled(Contender contender) throws IOException, InterruptedException {
    return settled(contender, PeerLoad.of("ping", "-c", "16"), Connections.CHURN);
  }

  /** The same for loads from elsewhere. */
  Contender settled(Contender contender, Load... loads) throws IOException, InterruptedException {
    if (contender.way().trunkline()) {
      for (Load load : loads) {
        warmUp(load, contender, options.quick() ? QUICK_SETTLE_SECONDS : SETTLE_SECONDS);
      }
    }
    return contender;
  }

  /** Stops the proxies, and tells what their JVMs wrote. */
  GcPauses end() throws IOException {
    contenders.values().forEach(Contender::close);
    contenders.clear();
    return GcPauses.in(site.directory());
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    contenders.values().forEach(Contender::close);
    fake.close();
    site.closeApis();
    postgres.close();
    Project.run(30, "rm", "-rf", site.directory().toString());
  }
}
