package io.trunkline.loadtest.continuity;

import io.trunkline.loadtest.clients.Poolers;
import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.lab.Station;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Clients that increment counters, each its own, in transactions that also write down which attempt
 * it was. What got 40001 is tried again on the same connection, and nothing else is. They are of
 * several drivers, each a program of its own in a {@link Station}, but for pgjdbc's.
 */
public final class Counters implements AutoCloseable {
  /** Between two attempts of a client: 32 that never pause take all that two processors have. */
  static final Duration PAUSE = Duration.ofMillis(25);

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String FOLDER = "log/counters";
  private static final String STOP = FOLDER + "/stop";

  private final Station station;
  private final List<Client> clients = new ArrayList<>();
  private final List<JdbcCounter> here = new ArrayList<>();

  /** A client, by its number. */
  private record Client(int number, Driver driver, CounterLog log) {
    String id() {
      return number + "-" + driver.id();
    }
  }

  private Counters(Station station) {
    this.station = station;
  }

  /**
   * Starts that many, the drivers in turn, and returns when each has been acknowledged something.
   *
   * @param proxies where they connect: two, the second for drivers that take two hosts
   * @param port of the listeners of both
   */
  public static Counters start(
      Lab lab, List<ProxyNode> proxies, int port, List<Driver> drivers, int count) {
    Station station = lab.station(1);
    Counters counters = new Counters(station);
    station.write(FOLDER + "/README", "A line for each attempt, as in counting.py.\n");
    Target target = lab.target(proxies.getFirst(), port);
    for (int i = 0; i < count; i++) {
      Driver driver = drivers.get(i % drivers.size());
      Path file = station.file(FOLDER + "/" + i + "-" + driver.id() + ".log");
      counters.clients.add(new Client(i, driver, new CounterLog(file)));
      if (driver == Driver.PGJDBC) {
        counters.here.add(JdbcCounter.start(target, i, file, station.file(STOP)));
      }
    }
    Poolers.configureBefore(station, target, "disable");
    station.job(Service.CLIENTS, counters.script(proxies, target));
    station.start(Service.CLIENTS);
    if (!Await.within(START, () -> counters.silent().isEmpty())) {
      List<String> silent = counters.silent();
      counters.close();
      throw new LabException(
          "nothing was acknowledged to " + silent + "; see what they say in " + counters.save());
    }
    return counters;
  }

  /** Who was not acknowledged anything. */
  private List<String> silent() {
    read();
    return clients.stream()
        .filter(client -> client.log.acknowledged().isEmpty())
        .map(Client::id)
        .toList();
  }

  private String script(List<ProxyNode> proxies, Target target) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "cd %s; export PGUSER=%s PGPASSWORD=%s PGDATABASE=%s PGSSLMODE=disable STOP=/lab/%s PAUSE=%d"
            .formatted(
                Station.PROGRAMS,
                target.user(),
                target.password(),
                target.database(),
                STOP,
                PAUSE.toMillis()));
    if (clients.stream().anyMatch(client -> client.driver.way() == Driver.Way.POOLER_BEFORE)) {
      lines.add("pgbouncer -u postgres /lab/etc/pgbouncer.ini & pooler=$!");
      lines.add("sleep 0.5");
    }
    lines.add("programs=");
    for (Client client : clients) {
      if (!client.driver.command().isEmpty()) {
        lines.add(command(proxies, client, target.port()));
      }
    }
    lines.add("wait $programs");
    lines.add("[ -z \"$pooler\" ] || kill $pooler");
    return String.join("\n", lines);
  }

  private static String command(List<ProxyNode> proxies, Client client, int port) {
    String log = "/lab/" + FOLDER + "/" + client.id();
    return "env %s CLIENT=%d LOG=%s.log %s >%s.out 2>&1 & programs=\"$programs $!\""
        .formatted(
            way(proxies, client.driver.way(), port),
            client.number,
            log,
            client.driver.command(),
            log);
  }

  private static String way(List<ProxyNode> proxies, Driver.Way way, int port) {
    return switch (way) {
      case PROXY -> host(proxies.getFirst().address(), port);
      case TWO_PROXIES ->
          "PGHOST=%s,%s PGPORT=%d,%d PGTARGETSESSIONATTRS=read-write"
              .formatted(proxies.getFirst().address(), proxies.getLast().address(), port, port);
      case POOLER_BEFORE -> host("127.0.0.1", Poolers.PORT);
    };
  }

  private static String host(String address, int port) {
    return "PGHOST=" + address + " PGPORT=" + port;
  }

  private void read() {
    clients.forEach(client -> client.log.read());
  }

  /** Errors since this was asked last, by SQLSTATE. */
  Map<String, Integer> takeErrors() {
    read();
    Map<String, Integer> all = new TreeMap<>();
    for (Client client : clients) {
      client.log.takeErrors().forEach((state, n) -> all.merge(state, n, Integer::sum));
    }
    return all;
  }

  /** The longest acknowledged transaction since this was asked last. */
  Duration takeLongest() {
    read();
    return clients.stream()
        .map(client -> client.log.takeLongest())
        .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
  }

  /**
   * Ends the clients once each has its answer.
   *
   * @throws LabException if a program did not go on until now
   */
  public void stop() {
    station.write(STOP, "");
    Await.within(PATIENCE, () -> unfinished().isEmpty());
    List<String> unfinished = unfinished();
    if (!unfinished.isEmpty()) {
      throw new LabException(
          "did not go on until they were told to end: " + unfinished + "; see " + save());
    }
  }

  private List<String> unfinished() {
    read();
    return clients.stream().filter(client -> !client.log.ended()).map(Client::id).toList();
  }

  /** What the stopped clients wrote down, beside the tables. */
  public Report report(Target direct) throws SQLException {
    Ledger ledger = Ledger.read(direct);
    Map<Driver, List<Tally>> tallies = new EnumMap<>(Driver.class);
    Map<Driver, String> versions = new EnumMap<>(Driver.class);
    for (Client client : clients) {
      tallies
          .computeIfAbsent(client.driver, _ -> new ArrayList<>())
          .add(Tally.of(client.number, client.log, ledger));
      versions.put(client.driver, client.log.version());
    }
    return new Report(tallies, versions);
  }

  /**
   * What came of it.
   *
   * @param tallies of each driver's clients
   * @param versions of each driver, in its own words
   */
  public record Report(Map<Driver, List<Tally>> tallies, Map<Driver, String> versions) {
    /** Of all clients together. */
    public Tally sum() {
      return Tally.sum(tallies.values().stream().flatMap(List::stream).toList());
    }

    boolean exact() {
      return tallies.values().stream().flatMap(List::stream).allMatch(Tally::exact);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(Tally.head());
      tallies.forEach(
          (driver, each) -> text.append(Tally.sum(each).row(driver.title(), each.size())));
      List<Tally> all = tallies.values().stream().flatMap(List::stream).toList();
      text.append(Tally.sum(all).row("all", all.size()));
      text.append("\nversions: ")
          .append(String.join("; ", versions.values().stream().distinct().toList()));
      text.append(
          exact()
              ? "\n"
                  + "exactly once: each counter is the number of transactions that were"
                  + " acknowledged to its client, and of those that ended unclear and were"
                  + " committed\n"
              : "\nNOT exactly once\n");
      return text.toString();
    }
  }

  /** Keeps what the programs wrote. Returns the folder. */
  Path save() {
    Path folder = Project.file("loadtest/bench/target/continuity");
    try (Stream<Path> files = Files.list(station.file(FOLDER))) {
      Files.createDirectories(folder);
      for (Path file : files.toList()) {
        Files.copy(
            file,
            folder.resolve(file.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    station.write(STOP, "");
    station.kill9(Service.CLIENTS);
    Await.within(PATIENCE, () -> here.stream().noneMatch(JdbcCounter::running));
  }
}
