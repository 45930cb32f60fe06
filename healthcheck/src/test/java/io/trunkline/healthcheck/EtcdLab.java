package io.trunkline.healthcheck;

import static io.trunkline.config.Configs.change;

import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.TlsFiles;
import io.trunkline.pgwire.FreePorts;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A real etcd of one or more members on loopback, ended with the test. */
public final class EtcdLab implements AutoCloseable {
  private final Path directory;
  private final List<Integer> clientPorts;
  private final List<Integer> peerPorts;
  private final Optional<Path> certs;
  private final List<Process> processes = new ArrayList<>();
  private final Set<Integer> frozen = new HashSet<>();
  private final List<String> options;
  private List<String> credentials = List.of();

  private EtcdLab(int size, Optional<Path> certs, String... options) {
    this.certs = certs;
    this.options = List.of(options);
    try {
      directory = Files.createTempDirectory("etcd-lab");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    clientPorts = freePorts(size);
    peerPorts = freePorts(size);
    for (int i = 0; i < size; i++) {
      processes.add(launch(i));
    }
    awaitHealthy();
  }

  public static EtcdLab start(int size) {
    return new EtcdLab(size, Optional.empty());
  }

  /** One member, with more options of etcd's. */
  public static EtcdLab startWith(String... options) {
    return new EtcdLab(1, Optional.empty(), options);
  }

  /** From now on users are asked who they are. */
  public void enableUsers(String password) {
    ctl("user", "add", "root:" + password);
    ctl("user", "grant-role", "root", "root");
    ctl("auth", "enable");
    login("root:" + password);
  }

  /** How many logins there have been since the first member began. */
  public long logins() {
    try (Stream<String> lines =
        new String(
                URI.create("http://" + hosts().getFirst() + "/metrics")
                    .toURL()
                    .openStream()
                    .readAllBytes(),
                StandardCharsets.UTF_8)
            .lines()) {
      return lines
          .filter(line -> line.startsWith("grpc_server_started_total"))
          .filter(line -> line.contains("grpc_method=\"Authenticate\""))
          .mapToLong(line -> (long) Double.parseDouble(line.replaceAll(".* ", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the first member so little of a processor from now on: it stands most of the time. */
  public Process slowDown(double runSeconds, double standSeconds) {
    String script =
        "while kill -STOP %1$d; do sleep %3$s; kill -CONT %1$d; sleep %2$s; done"
            .formatted(processes.getFirst().pid(), runSeconds, standSeconds);
    try {
      return new ProcessBuilder("bash", "-c", script).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With TLS, and only for clients that present a certificate. */
  public static EtcdLab startTls(Path certs) {
    return new EtcdLab(1, Optional.of(certs));
  }

  public EtcdConfig config() {
    return change(Configs.etcd(hosts()))
        .with(
            EtcdConfig::protocol,
            certs.isPresent() ? EtcdConfig.Protocol.HTTPS : EtcdConfig.Protocol.HTTP)
        .with(
            EtcdConfig::tls,
            new TlsFiles(
                certs.map(dir -> dir.resolve("ca.crt")),
                certs.map(dir -> dir.resolve("client.crt")),
                certs.map(dir -> dir.resolve("client.key"))))
        .record();
  }

  public List<HostPort> hosts() {
    return clientPorts.stream().map(port -> new HostPort("127.0.0.1", port)).toList();
  }

  /** From now on {@link #ctl} logs in. */
  public void login(String user) {
    credentials = List.of("--user", user);
  }

  public void put(String key, String value) {
    ctl("put", "--", key, value);
  }

  public void delete(String key) {
    ctl("del", key);
  }

  /** Runs etcdctl against all members that run. */
  public String ctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints", endpoints()));
    certs.ifPresent(
        dir ->
            command.addAll(
                List.of(
                    "--cacert",
                    dir.resolve("ca.crt").toString(),
                    "--cert",
                    dir.resolve("client.crt").toString(),
                    "--key",
                    dir.resolve("client.key").toString())));
    command.addAll(credentials);
    command.addAll(List.of(arguments));
    try {
      Process process = builder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public void kill(int member) {
    try {
      processes.get(member).destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public void restart(int member) {
    processes.set(member, launch(member));
  }

  /** Empties its data directory. */
  public void wipe(int member) {
    delete(directory.resolve("m" + member));
  }

  /** SIGSTOP: connections stay up and nobody answers. */
  public void freeze(int member) {
    frozen.add(member);
    signal(member, "-STOP");
  }

  public void thaw(int member) {
    frozen.remove(member);
    signal(member, "-CONT");
  }

  /** Which member leads the raft. */
  public int raftLeader() {
    List<String> lines = ctl("endpoint", "status", "-w", "simple").lines().toList();
    for (String line : lines) {
      if (line.split(", ", -1)[4].equals("true")) {
        String port = line.split(", ", -1)[0].replaceAll(".*:", "");
        return clientPorts.indexOf(Integer.valueOf(port));
      }
    }
    throw new IllegalStateException("no leader: " + lines);
  }

  public void awaitHealthy() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      try {
        ctl("get", "none");
        return;
      } catch (IllegalStateException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Await.pause(Duration.ofMillis(100));
      }
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    for (Process process : processes) {
      process.onExit().join();
    }
    delete(directory);
  }

  private static void delete(Path tree) {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch(int member) {
    String scheme = certs.isPresent() ? "https" : "http";
    String client = scheme + "://127.0.0.1:" + clientPorts.get(member);
    String peer = "http://127.0.0.1:" + peerPorts.get(member);
    List<String> command =
        new ArrayList<>(
            List.of(
                "etcd",
                "--name",
                "m" + member,
                "--data-dir",
                directory.resolve("m" + member).toString(),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                IntStream.range(0, peerPorts.size())
                    .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + peerPorts.get(i))
                    .collect(Collectors.joining(","))));
    command.addAll(options);
    certs.ifPresent(
        dir ->
            command.addAll(
                List.of(
                    "--cert-file",
                    dir.resolve("server.crt").toString(),
                    "--key-file",
                    dir.resolve("server.key").toString(),
                    "--trusted-ca-file",
                    dir.resolve("ca.crt").toString(),
                    "--client-cert-auth")));
    try {
      return builder(command)
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(directory.resolve("m" + member + ".log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("etcd is missing: run healthcheck/prepare.sh", e);
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ETCDCTL_API", "3");
    builder.environment().put("ETCD_UNSUPPORTED_ARCH", "arm64");
    return builder;
  }

  private void signal(int member, String signal) {
    try {
      new ProcessBuilder("kill", signal, String.valueOf(processes.get(member).pid()))
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String endpoints() {
    String scheme = certs.isPresent() ? "https" : "http";
    return IntStream.range(0, clientPorts.size())
        .filter(i -> !frozen.contains(i))
        .filter(i -> i >= processes.size() || processes.get(i).isAlive())
        .mapToObj(i -> scheme + "://127.0.0.1:" + clientPorts.get(i))
        .collect(Collectors.joining(","));
  }

  private static List<Integer> freePorts(int count) {
    return IntStream.range(0, count).map(_ -> FreePorts.next()).boxed().toList();
  }
}
