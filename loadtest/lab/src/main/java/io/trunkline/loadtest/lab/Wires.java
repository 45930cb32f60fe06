package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The wires between the lab's machines, cut where the host's bridge forwards frames. Rules inside a
 * machine cannot do that: ARP and packet sockets pass them. The carrier stays, so no daemon is
 * told.
 */
final class Wires {
  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final String PREFIX = "trunkline_lab_";

  private final String table = PREFIX + ProcessHandle.current().pid();
  private boolean cut;

  /** No frame to or from these machines. */
  Instant unplug(Collection<? extends Node> nodes) {
    String ports = ports(nodes);
    return replace(
        """
          chain in { type filter hook prerouting priority 0; iifname { %1$s } drop; }
          chain out { type filter hook postrouting priority 0; oifname { %1$s } drop; }
        """
            .formatted(ports));
  }

  /** No frame between the two groups; the host reaches both. */
  Instant split(Collection<? extends Node> left, Collection<? extends Node> right) {
    return replace(
        """
          chain between {
            type filter hook forward priority 0;
            iifname { %1$s } oifname { %2$s } drop;
            iifname { %2$s } oifname { %1$s } drop;
          }
        """
            .formatted(ports(left), ports(right)));
  }

  /** Every wire is whole, at one instant. */
  synchronized Instant rejoin() {
    if (!cut) {
      return Instant.now();
    }
    Instant before = run("delete table bridge " + table);
    cut = false;
    return before;
  }

  private synchronized Instant replace(String chains) {
    cut = true;
    return run(
        """
        table bridge %1$s {}
        delete table bridge %1$s
        table bridge %1$s {
        %2$s}
        """
            .formatted(table, chains));
  }

  private static Instant run(String rules) {
    try {
      Path file = Files.createTempFile("wires", ".nft");
      try {
        Files.writeString(file, rules);
        Instant before = Instant.now();
        Project.run(10, "nft", "-f", file.toString());
        return before;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String ports(Collection<? extends Node> nodes) {
    return nodes.stream().map(Wires::port).collect(Collectors.joining(", "));
  }

  /** The host's end of the machine's cable. */
  private static String port(Node node) {
    String index = node.exec("cat", "/sys/class/net/eth0/iflink").strip();
    try (Stream<Path> interfaces = Files.list(INTERFACES)) {
      List<String> names =
          interfaces
              .filter(each -> index(each).equals(index))
              .map(each -> each.getFileName().toString())
              .toList();
      if (names.size() != 1) {
        throw new LabException(node + ": not one interface " + index + " on the host: " + names);
      }
      return '"' + names.getFirst() + '"';
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String index(Path networkInterface) {
    try {
      return Files.readString(networkInterface.resolve("ifindex")).strip();
    } catch (IOException e) {
      return ""; // it went away
    }
  }
}
