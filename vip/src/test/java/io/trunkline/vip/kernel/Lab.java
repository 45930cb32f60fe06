package io.trunkline.vip.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A bridge and hosts on it, each in a network namespace of its own. */
final class Lab implements AutoCloseable {
  private static final String PREFIX = "tlvip-";

  private static final AtomicInteger LABS = new AtomicInteger();

  private final String name =
      PREFIX + ProcessHandle.current().pid() + "-" + LABS.incrementAndGet() + "-";
  private final String bridge = name + "sw";
  private final List<String> namespaces = new ArrayList<>();
  private final List<AutoCloseable> processes = new ArrayList<>();
  private final Thread hook = new Thread(this::clean);

  Lab() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new AssertionError("the kernel tests of vip make network namespaces: run them as root");
    }
    for (String tool : List.of("ip", "tcpdump", "setpriv", Keepalived.BINARY)) {
      if (!Shell.succeeds("which " + tool)) {
        throw new AssertionError(tool + " is not installed: run vip/prepare.sh");
      }
    }
    sweep();
    Runtime.getRuntime().addShutdownHook(hook);
    namespace(bridge);
    Shell.run("ip -n " + bridge + " link add br0 type bridge stp_state 0 mcast_snooping 0");
    Shell.run("ip -n " + bridge + " link set br0 up");
  }

  /** Namespaces that a killed test left behind. */
  private static void sweep() {
    for (String line : Shell.run("ip netns list").lines().toList()) {
      String namespace = line.split(" ", -1)[0];
      if (namespace.startsWith(PREFIX)) {
        String pid = namespace.split("-", -1)[1];
        if (!Files.exists(Path.of("/proc", pid))) {
          Shell.run("ip netns del " + namespace);
        }
      }
    }
  }

  private void namespace(String namespace) {
    Shell.run("ip netns add " + namespace);
    namespaces.add(namespace);
    // No waiting for duplicate address detection; and frozen ARP caches would hide what we test.
    for (String key : List.of("all", "default")) {
      Shell.run(
          "ip netns exec %s sysctl -qw net.ipv6.conf.%s.accept_dad=0".formatted(namespace, key));
    }
    Shell.run("ip -n " + namespace + " link set lo up");
  }

  /** A host with the interface eth0. */
  Host host(String host, String address) {
    String namespace = name + host;
    namespace(namespace);
    Host made = new Host(this, namespace, "p-" + host, address);
    made.plug();
    return made;
  }

  String bridge() {
    return bridge;
  }

  <T extends AutoCloseable> T track(T process) {
    processes.add(process);
    return process;
  }

  Path file(String content) {
    try {
      Path file = Files.createTempFile("tlvip", ".conf");
      Files.writeString(file, content, UTF_8);
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void clean() {
    for (AutoCloseable each : processes) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    processes.clear();
    for (String each : namespaces) {
      Shell.run("ip netns del " + each);
    }
    namespaces.clear();
  }

  @Override
  public void close() {
    clean();
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
