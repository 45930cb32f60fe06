package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL of the distribution on loopback, with pgbench's tables; nothing is synced. */
final class LocalPostgres implements AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final int INIT_SECONDS = 120;

  /** What COPY reads, about 50 MB of text, and where it writes. */
  private static final String TABLES =
      """
      create unlogged table source as select * from pgbench_accounts limit 500000;
      do $$ begin
        for i in 0..7 loop
          execute format('create unlogged table sink_%s (like source)', i);
        end loop;
      end $$;
      """;

  private final Path home;
  private final int port;

  private LocalPostgres(Path home, int port) {
    this.home = home;
    this.port = port;
  }

  /** Makes a cluster, starts it and fills pgbench's tables with that scale and our own. */
  static LocalPostgres start(int scale, Path certificates) throws IOException {
    Path home = Leftovers.directory("postgres");
    for (String file : List.of("node.crt", "node.key")) {
      Files.copy(certificates.resolve(file), home.resolve(file));
      Project.run(5, "chmod", "600", home.resolve(file).toString());
    }
    Project.run(10, "chown", "-R", "postgres:", home.toString());
    LocalPostgres postgres = new LocalPostgres(home, Ports.free());
    try {
      run("initdb", "-D", postgres.data(), "-U", "postgres", "-A", "trust", "-N");
      run(
          "pg_ctl",
          "-D",
          postgres.data(),
          "-w",
          "-l",
          home.resolve("log").toString(),
          "-o",
          "-p "
              + postgres.port
              + " -k "
              + home
              + " -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=256MB"
              + " -c max_connections=1200 -c wal_level=minimal -c max_wal_senders=0"
              + " -c ssl=on -c ssl_cert_file="
              + home.resolve("node.crt")
              + " -c ssl_key_file="
              + home.resolve("node.key"),
          "start");
      run(
          "pgbench",
          "-q",
          "-i",
          "-s",
          Integer.toString(scale),
          "-h",
          "127.0.0.1",
          "-p",
          Integer.toString(postgres.port),
          "-U",
          "postgres",
          "postgres");
      postgres.sql(TABLES);
      postgres.sql("vacuum source");
      postgres.sql("\\copy source to '" + postgres.rows() + "'");
      return postgres;
    } catch (LabException e) {
      postgres.close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  /** The rows of the table {@code source}, as COPY writes them. */
  Path rows() {
    return home.resolve("source.tsv");
  }

  private void sql(String command) {
    run(
        "psql",
        "-qX",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        "127.0.0.1",
        "-p",
        Integer.toString(port),
        "-U",
        "postgres",
        "-c",
        command,
        "postgres");
  }

  /** A program that comes with PostgreSQL. */
  static Path program(String name) {
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin").resolve(name))
          .filter(Files::exists)
          .max(Comparator.naturalOrder())
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL is missing: run healthcheck/prepare.sh", e);
    }
  }

  @Override
  public void close() {
    if (Files.exists(Path.of(data(), "postmaster.pid"))) {
      stop(Path.of(data()));
    }
    Project.run(30, "rm", "-rf", home.toString());
  }

  /** Stops the PostgreSQL of that data directory, if it still runs. */
  static void stop(Path data) {
    run("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
  }

  private String data() {
    return home.resolve("data").toString();
  }

  /** PostgreSQL refuses to run as root. */
  private static void run(String program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    command.add(program(program).toString());
    command.addAll(List.of(arguments));
    // What the server inherits is not a pipe that would have to be read to its end.
    List<String> quiet =
        new ArrayList<>(List.of("sh", "-c", "exec \"$@\" </dev/null >/dev/null", "-"));
    quiet.addAll(command);
    Project.run(INIT_SECONDS, quiet.toArray(String[]::new));
  }
}
