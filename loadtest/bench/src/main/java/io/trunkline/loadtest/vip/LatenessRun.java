package io.trunkline.loadtest.vip;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * How late the timers of VRRP fire at an interval of 100 ms, in a daemon that carries busy sessions
 * on a machine whose processors all have something else to do; and what a second node, the backup,
 * notices of it. Needs root.
 */
public final class LatenessRun implements AutoCloseable {
  private static final String NETWORK = "10.79.0.";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Map<String, String> COLLECTORS =
      Map.of(
          "serial",
          "",
          "g1",
          "-XX:-UseSerialGC -XX:+UseG1GC",
          "zgc",
          "-XX:-UseSerialGC -XX:+UseZGC");

  private final String prefix = "tlate-" + ProcessHandle.current().pid() + "-";
  private final Path directory;
  private final Deque<Process> processes = new ArrayDeque<>();
  private final List<String> namespaces = new ArrayList<>();
  private final String collector;
  private final int rtPriority;
  private volatile String clients = "none";

  private LatenessRun(String collector, int rtPriority) throws IOException {
    this.collector = collector;
    this.rtPriority = rtPriority;
    this.directory = Files.createTempDirectory("tlate");
  }

  /**
   * @param args how many minutes; how many sessions; serial, g1 or zgc; the real-time priority of
   *     the thread, 0 for none
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int minutes = Integer.parseInt(args[0]);
    String collector = COLLECTORS.get(args[2]);
    if (collector == null) {
      throw new IllegalArgumentException("the collector is one of " + COLLECTORS.keySet());
    }
    try (LatenessRun run = new LatenessRun(collector, Integer.parseInt(args[3]))) {
      Runtime.getRuntime().addShutdownHook(new Thread(run::close));
      System.out.printf("%s, real-time priority %s, %s sessions%n", args[2], args[3], args[1]);
      run.measure(Duration.ofMinutes(minutes), Integer.parseInt(args[1]));
    }
  }

  private void measure(Duration time, int sessions) throws IOException, InterruptedException {
    network();
    Process load = load(sessions);
    Path master = node("a", 100);
    await(master, "master");
    Path backup = node("b", 90);
    await(backup, "backup");
    load.outputWriter().write("go\n");
    load.outputWriter().flush();
    for (int i = 2 * Runtime.getRuntime().availableProcessors(); i > 0; i--) {
      processes.add(start(Map.of(), "sh", "-c", "while :; do :; done"));
    }
    Thread.sleep(WARM_UP);
    VipMetrics masterBefore = VipMetrics.of(master);
    VipMetrics backupBefore = VipMetrics.of(backup);
    Thread.sleep(time);
    VipMetrics masterAfter = VipMetrics.of(master);
    report(masterAfter.since(masterBefore), VipMetrics.of(backup).since(backupBefore));
    System.out.printf(
        "worst since the start: %.1f ms%n",
        masterAfter.sum("trunkline_vip_timer_lateness_worst_seconds") * 1000);
    System.out.println("answers to clients, sessions lost: " + clients);
  }

  /** Waits until that daemon is in that state. */
  private static void await(Path socket, String state) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (Files.exists(socket) && VipMetrics.of(socket).in(state)) {
        return;
      }
      Thread.sleep(Duration.ofMillis(200));
    }
    throw new IOException(
        "%s did not become %s within %s: see the log beside it".formatted(socket, state, PATIENCE));
  }

  private static void report(VipMetrics master, VipMetrics backup) {
    System.out.printf(
        "timers: %.0f; at most late, in ms: 50 %% %s, 99 %% %s, 99.9 %% %s, all %s%n",
        master.sum("trunkline_vip_timer_lateness_seconds_count"),
        master.latenessWithin(0.5),
        master.latenessWithin(0.99),
        master.latenessWithin(0.999),
        master.latenessWithin(1));
    double sent = master.sum("trunkline_vip_advertisements_total{direction=\"sent\"");
    double heard = backup.sum("trunkline_vip_advertisements_total{direction=\"received\"");
    System.out.printf(
        "advertisements: %.0f sent, %.0f heard by the backup; deadlines missed: %.0f;"
            + " transitions: master %.0f, backup %.0f%n",
        sent,
        heard,
        master.sum("trunkline_vip_missed_deadlines_total"),
        master.sum("trunkline_vip_transitions_total"),
        backup.sum("trunkline_vip_transitions_total"));
  }

  private void network() throws IOException, InterruptedException {
    for (String name : List.of("c", "a", "b")) {
      ip("netns add " + prefix + name);
      namespaces.add(prefix + name);
      ip("-n " + prefix + name + " link set lo up");
    }
    String switching = prefix + "c";
    ip("-n " + switching + " link add br0 type bridge stp_state 0 mcast_snooping 0");
    ip("-n " + switching + " addr add " + NETWORK + "1/24 dev br0");
    ip("-n " + switching + " link set br0 up");
    int host = 11;
    for (String name : List.of("a", "b")) {
      ip(
          "-n %s link add p-%s type veth peer name eth0 netns %s"
              .formatted(switching, name, prefix + name));
      ip("-n %s link set p-%s master br0 up".formatted(switching, name));
      ip("-n %s addr add %s%d/24 dev eth0".formatted(prefix + name, NETWORK, host++));
      ip("-n %s link set eth0 up".formatted(prefix + name));
    }
  }

  private Process load(int sessions) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process load =
        inside(
            "c",
            Map.of(),
            java,
            "-cp",
            System.getProperty("java.class.path"),
            BusyCluster.class.getName(),
            NETWORK + "1",
            NETWORK + "210",
            "5000",
            String.valueOf(sessions));
    if (!"ready".equals(load.inputReader().readLine())) {
      throw new IOException("the clients did not start");
    }
    Thread.ofVirtual().start(() -> listen(load.inputReader()));
    return load;
  }

  private void listen(BufferedReader reader) {
    try (reader) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        clients = line;
      }
    } catch (IOException e) {
      // The run has ended.
    }
  }

  /** Starts a daemon, and returns its control socket. */
  private Path node(String name, int priority) throws IOException {
    Path home = Files.createDirectory(directory.resolve(name));
    Path socket = home.resolve("admin.sock");
    Path file = home.resolve("trunkline.yaml");
    Files.writeString(
        file,
        """
        node: %s
        state_dir: %s
        vrrp_rt_priority: %d
        drain_timeout: 0s
        clusters: [{name: busy, scope: busy, patroni: {hosts: ["%s1:%d"]}}]
        listeners: [{name: write, bind: "0.0.0.0:5000", route: primary}]
        vips:
          - {name: main, interface: eth0, addresses: [%s210/24],
             vrrp: {priority: %d, advert_interval: 100ms}}
        admin: {bind: "127.0.0.1:7000", socket: %s}
        """
            .formatted(
                name, home, rtPriority, NETWORK, BusyCluster.PATRONI, NETWORK, priority, socket));
    inside(
        name,
        Map.of("TRUNKLINE_JAVA_OPTS", collector),
        "packaging/target/trunkline/bin/trunkline",
        "run",
        "-c",
        file.toString());
    return socket;
  }

  private Process inside(String namespace, Map<String, String> environment, String... command)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + namespace));
    all.addAll(List.of(command));
    Process process = start(environment, all.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  private Process start(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(directory.resolve("log-" + processes.size()).toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static void ip(String command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("ip"));
    words.addAll(List.of(command.split(" ", -1)));
    if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
      throw new IOException("ip " + command + " failed");
    }
  }

  @Override
  public synchronized void close() {
    processes.forEach(
        each -> {
          each.descendants().forEach(ProcessHandle::destroyForcibly);
          each.destroyForcibly();
        });
    processes.clear();
    for (String each : List.copyOf(namespaces)) {
      try {
        ip("netns del " + each);
        namespaces.remove(each);
      } catch (IOException e) {
        System.err.println(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
