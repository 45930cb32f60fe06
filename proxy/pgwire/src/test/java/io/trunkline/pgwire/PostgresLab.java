package io.trunkline.pgwire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real PostgreSQL on loopback, with roles for each kind of authentication; their password is
 * {@value #PASSWORD}. Its log gives the moments.
 */
public final class PostgresLab implements AutoCloseable {
  public static final String PASSWORD = "open sesame";
  private static final String READY = "database system is ready to accept connections";
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String PREFIX = "trunkline-pg-";
  private static final Path MEMORY = Path.of("/dev/shm");

  /** Bytes. */
  private static final long ROOM_FOR_CLUSTERS = 4L << 30;

  private static final String HBA =
      """
      local all all trust
      host replication all 127.0.0.1/32 trust
      host all scram 127.0.0.1/32 scram-sha-256
      host all md5 127.0.0.1/32 md5
      host all clear 127.0.0.1/32 password
      host all barred 127.0.0.1/32 reject
      host all trusted 127.0.0.1/32 trust
      host all trunkline_auth,postgres,ghost,rotated 127.0.0.1/32 scram-sha-256
      """;

  static {
    sweep();
  }

  private final Path home;
  private final int port;

  private PostgresLab(Path home) {
    this.home = home;
    this.port = FreePorts.next();
  }

  public static PostgresLab primary() {
    PostgresLab lab = new PostgresLab(directory());
    lab.run("initdb", "-D", lab.data(), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8");
    lab.write("pg_hba.conf", HBA);
    lab.start();
    lab.sql(
        "create role scram login password '" + PASSWORD + "'",
        "create role barred login",
        "create role clear login password '" + PASSWORD + "'",
        "set password_encryption = 'md5'",
        "create role md5 login password '" + PASSWORD + "'");
    return lab;
  }

  /** Streams from this one. */
  public PostgresLab standby() {
    PostgresLab standby = new PostgresLab(directory());
    standby.run(
        "pg_basebackup",
        "-D",
        standby.data(),
        "-R",
        "-c",
        "fast",
        "--no-sync",
        "-X",
        "stream",
        "-d",
        "host=127.0.0.1 user=postgres port=" + port);
    standby.start();
    return standby;
  }

  /** Where it listens, on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Turns TLS on with server.crt and server.key of that folder. */
  public void enableTls(Path certs) {
    try {
      for (String file : List.of("server.crt", "server.key")) {
        Path copy = Path.of(data(), file);
        Files.copy(certs.resolve(file), copy, StandardCopyOption.REPLACE_EXISTING);
        exec(List.of("chmod", "600", copy.toString()));
        exec(List.of("chown", "postgres:", copy.toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sql("alter system set ssl = on", "select pg_reload_conf()");
  }

  /** Runs those as a superuser; fails where one of them does. */
  public void sql(String... statements) {
    psql(statements);
  }

  /** What a superuser's query gives. */
  public String query(String statement) {
    return psql(statement).strip();
  }

  private String psql(String... statements) {
    List<String> command =
        new ArrayList<>(List.of("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", home.toString()));
    command.addAll(List.of("-p", String.valueOf(port), "-U", "postgres", "-d", "postgres"));
    for (String statement : statements) {
      command.add("-c");
      command.add(statement);
    }
    return run(command.toArray(String[]::new));
  }

  /** Has the postmaster begin anew, as it does when one of its processes crashes. */
  public void crashOne(String pid) {
    run("pg_ctl", "kill", "KILL", pid);
  }

  /** Stops and starts it in place. */
  public void restart() {
    stop("fast");
    start();
  }

  public void promote() {
    run("pg_ctl", "-D", data(), "-W", "promote");
  }

  public void stop() {
    stop("immediate");
  }

  /** Stops it in that mode, unless it has stopped. */
  public void stop(String mode) {
    run("pg_ctl", "-D", data(), "-m", mode, "stop");
  }

  /** Returns once it is not in recovery. */
  public void awaitWritable() {
    sql("do $$ begin while pg_is_in_recovery() loop perform pg_sleep(0.01); end loop; end $$");
  }

  public void start() {
    run(
        "pg_ctl",
        "-D",
        data(),
        "-w",
        "-t",
        "60",
        "-l",
        home.resolve("log").toString(),
        "start",
        "-o",
        "-p "
            + port
            + " -k "
            + home
            + " -c listen_addresses=127.0.0.1 -c fsync=off"
            + " -c shared_buffers=16MB -c log_line_prefix='%n ' -c log_connections=on");
  }

  /** When it first said that it takes writes, which comes after it does; waits for that. */
  public Instant readyAt() {
    Optional<String> found = Optional.empty();
    for (int i = 0; i < 1000 && found.isEmpty(); i++) {
      LockSupport.parkNanos(10_000_000);
      found = log().stream().filter(text -> text.endsWith(READY)).findFirst();
    }
    String line = found.orElseThrow();
    double seconds = Double.parseDouble(line.substring(0, line.indexOf(' ')));
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  public List<String> log() {
    try {
      return Files.readAllLines(home.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (IllegalStateException e) {
      // a test has stopped it
    }
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    return home.resolve("data").toString();
  }

  private void write(String file, String text) {
    try {
      Files.writeString(Path.of(data(), file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** PostgreSQL refuses to run as root. */
  private String run(String... command) {
    List<String> all = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      all.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    }
    all.add(binaries().resolve(command[0]).toString());
    all.addAll(List.of(command).subList(1, command.length));
    return exec(all);
  }

  private static String exec(List<String> command) {
    try {
      Path output = Files.createTempFile("postgres-lab", ".out");
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      int status = process.waitFor();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (status != 0) {
        throw new IllegalStateException(command + ": " + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path binaries() {
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.exists(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL is missing: run healthcheck/prepare.sh", e);
    }
  }

  private static Path directory() {
    try {
      Path directory =
          Files.createTempDirectory(parent(), PREFIX + ProcessHandle.current().pid() + "-");
      if (System.getProperty("user.name").equals("root")) {
        exec(List.of("chown", "postgres:", directory.toString()));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In memory where there is plenty of it: making a cluster takes a third of the time there. */
  private static Path parent() {
    boolean roomy =
        Files.isWritable(MEMORY) && MEMORY.toFile().getUsableSpace() > ROOM_FOR_CLUSTERS;
    return roomy ? MEMORY : Path.of("/tmp");
  }

  private static void remove(Path cluster) {
    try {
      new PostgresLab(cluster).close();
    } catch (UncheckedIOException e) {
      // another process is about to
    }
  }

  /** Clusters that a killed test left behind. */
  private static void sweep() {
    try (Stream<Path> clusters = Files.list(parent())) {
      for (Path cluster : clusters.toList()) {
        String[] name = cluster.getFileName().toString().split("-", -1);
        if (cluster.getFileName().toString().startsWith(PREFIX)
            && !Files.exists(Path.of("/proc", name[2]))) {
          remove(cluster);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
