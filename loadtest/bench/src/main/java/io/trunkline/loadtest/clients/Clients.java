package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.lab.Station;
import io.trunkline.loadtest.workload.Target;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Programs that work through the listeners of one kind, all at once, until they are stopped. */
final class Clients implements AutoCloseable {
  /** The permanent logical slot of {@link ClientsLab}. */
  static final String SLOT = "clients";

  /** The manual's {@code auth} query leaves replication roles out: they log in at the member. */
  private static final String REPLICATOR =
      "PGUSER=replicator PGPASSWORD=lab-replicator PGCHANNELBINDING=disable";

  private final Station station;
  private final List<Program> programs;
  private final String run;
  private final @Nullable PooledClient pooled;

  private Clients(
      Station station, List<Program> programs, String run, @Nullable PooledClient pooled) {
    this.station = station;
    this.programs = programs;
    this.run = run;
    this.pooled = pooled;
  }

  /**
   * @param run a name that is new to the cluster: what is written and logged is found by it
   */
  static Clients start(Lab lab, List<Program> programs, Encryption encryption, String run) {
    Station station = lab.station(1);
    Target target = lab.target(lab.proxy(1), encryption.port());
    Poolers.configureBefore(station, target, encryption.sslmode());
    station.write("log/clients/" + run + "/README", "One JSON object for each attempt.\n");
    station.job(Service.CLIENTS, script(lab, target, programs, encryption, run));
    station.start(Service.CLIENTS);
    PooledClient pooled =
        programs.contains(Program.PGJDBC)
            ? PooledClient.start(target, encryption, writer(run, Program.PGJDBC))
            : null;
    return new Clients(station, programs, run, pooled);
  }

  /** The name of this program's rows. */
  static String writer(String run, Program program) {
    return run + "-" + program.id();
  }

  Map<Program, ClientLog> logs() {
    Map<Program, ClientLog> logs = new EnumMap<>(Program.class);
    for (Program program : programs) {
      logs.put(
          program,
          program == Program.PGJDBC && pooled != null
              ? pooled.log()
              : ClientLog.read(directory().resolve(program.id() + ".jsonl")));
    }
    return logs;
  }

  /** Whether the newest attempts of all, begun after that moment, succeeded. */
  boolean working(Instant since) {
    return missing(since).isEmpty();
  }

  /** Of whom that cannot be said. */
  List<Program> missing(Instant since) {
    return logs().entrySet().stream()
        .filter(e -> !Findings.recovered(e.getKey(), e.getValue().attempts(), since))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Where the programs of the station log. */
  Path directory() {
    return station.file("log/clients/" + run);
  }

  @Override
  public void close() {
    station.kill9(Service.CLIENTS);
    if (pooled != null) {
      pooled.close();
    }
  }

  /** Runs the program once, with a statement of 30 s that it cancels; 10 s at most. */
  static void cancel(Lab lab, Program program, Encryption encryption, String run) {
    String settings = settings(lab.target(lab.proxy(1), encryption.port()), encryption);
    String command = command(lab, program, encryption, run).replace(" >", " cancel >");
    lab.station(1).exec("timeout", "10", "sh", "-c", settings + "; " + command);
  }

  private static String script(
      Lab lab, Target target, List<Program> programs, Encryption encryption, String run) {
    List<String> lines = new ArrayList<>();
    lines.add(settings(target, encryption));
    if (programs.contains(Program.POOLER_BEFORE)) {
      lines.add("pgbouncer -u postgres /lab/etc/pgbouncer.ini &");
      lines.add("sleep 0.5");
    }
    for (Program program : programs) {
      if (!program.command().isEmpty()) {
        lines.add(command(lab, program, encryption, run) + " &");
      }
    }
    lines.add("wait");
    return String.join("\n", lines);
  }

  private static String settings(Target target, Encryption encryption) {
    return "cd %s; export PGUSER=%s PGPASSWORD=%s PGDATABASE=%s PGSSLMODE=%s SLOT=%s"
        .formatted(
            Station.PROGRAMS,
            target.user(),
            target.password(),
            target.database(),
            encryption.sslmode(),
            SLOT);
  }

  private static String command(Lab lab, Program program, Encryption encryption, String run) {
    String log = "/lab/log/clients/" + run + "/" + program.id();
    return "env %s %s WRITER=%s LOG=%s.jsonl %s >%s.out 2>&1"
        .formatted(
            way(lab, program.way(), encryption.port()),
            program.replicates() ? REPLICATOR : "",
            writer(run, program),
            log,
            program.command(),
            log);
  }

  private static String way(Lab lab, Program.Way way, int port) {
    return switch (way) {
      case PROXY -> host(lab.proxy(1).address(), port);
      case TWO_PROXIES ->
          "PGHOST=%s,%s PGPORT=%d,%d PGTARGETSESSIONATTRS=read-write"
              .formatted(lab.proxy(1).address(), lab.proxy(2).address(), port, port);
      case POOLER_BEFORE -> host("127.0.0.1", Poolers.PORT) + " PGSSLMODE=disable";
      case POOLER_BEHIND -> host(lab.proxy(3).address(), port);
    };
  }

  private static String host(String address, int port) {
    return "PGHOST=" + address + " PGPORT=" + port;
  }
}
