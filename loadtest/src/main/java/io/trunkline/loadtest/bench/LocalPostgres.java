package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

  private final Path home;
  private final int port;

  private LocalPostgres(Path home, int port) {
    this.home = home;
    this.port = port;
  }

  /** Makes a cluster, starts it and fills pgbench's tables with that scale. */
  static LocalPostgres start(int scale) throws IOException {
    Path home = Files.createTempDirectory("trunkline-bench-pg");
    Project.run(10, "chown", "postgres:", home.toString());
    LocalPostgres postgres = new LocalPostgres(home, freePort());
    try {
      postgres.run("initdb", "-D", postgres.data(), "-U", "postgres", "-A", "trust", "-N");
      postgres.run(
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
              + " -c max_connections=1200",
          "start");
      postgres.run(
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
      return postgres;
    } catch (LabException e) {
      postgres.close();
      throw e;
    }
  }

  int port() {
    return port;
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

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    if (Files.exists(Path.of(data(), "postmaster.pid"))) {
      run("pg_ctl", "-D", data(), "-m", "immediate", "stop");
    }
    Project.run(30, "rm", "-r", home.toString());
  }

  private String data() {
    return home.resolve("data").toString();
  }

  /** PostgreSQL refuses to run as root. */
  private void run(String program, String... arguments) {
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
