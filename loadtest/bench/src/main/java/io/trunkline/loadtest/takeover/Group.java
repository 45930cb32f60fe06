package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.ProxyNode;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The proxy nodes of a lab, an address they share, and what can be done to them by hand. */
record Group(Lab lab, String address) {
  private static final String INTERFACE = "eth0";

  List<ProxyNode> nodes() {
    return lab.proxies();
  }

  /** The node of the highest priority. */
  ProxyNode first() {
    return nodes().getFirst();
  }

  List<ProxyNode> others() {
    return nodes().subList(1, nodes().size());
  }

  /** The nodes that have the address on their interface. */
  List<ProxyNode> holders() {
    return nodes().stream().filter(this::holds).toList();
  }

  boolean holds(ProxyNode node) {
    return node.exec("ip", "-4", "addr", "show", "dev", INTERFACE).contains(" " + address + "/");
  }

  /** Takes the address off a node where a killed daemon left it. */
  void removeLeftover(ProxyNode node) {
    node.exec(
        "sh",
        "-c",
        "ip -4 addr show dev %1$s | grep -o ' %2$s/[0-9]*' | xargs -r -n 1 -I ADDRESS ip addr del ADDRESS dev %1$s"
            .formatted(INTERFACE, address));
  }

  String mac(ProxyNode node) {
    return node.exec("cat", "/sys/class/net/" + INTERFACE + "/address").strip();
  }

  /** Runs a shell command on the node and returns the moment before it, in microseconds. */
  static long strike(ProxyNode node, String command) {
    String[] lines = node.exec("sh", "-c", "date +%s%N; " + command).split("\n", 2);
    return Long.parseLong(lines[0].strip()) / 1000;
  }

  static void await(String what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new LabException("not within " + limit + ": " + what);
      }
      sleep(Duration.ofMillis(100));
    }
  }

  static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}
