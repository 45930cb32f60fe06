package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the kernel of every node about thirty times a second: whether it has an address. Works
 * on nodes that are cut off. All nodes share one clock, the machine's.
 */
final class AddressWatch implements AutoCloseable {
  private static final String FILE = "address-watch";
  private final List<? extends Node> nodes;

  private AddressWatch(List<? extends Node> nodes) {
    this.nodes = nodes;
  }

  static AddressWatch start(List<? extends Node> nodes, String address) {
    String loop =
        """
        rm -f /lab/%1$s.end; while [ ! -e /lab/%1$s.end ]; do
        before=$EPOCHREALTIME
        case "$(ip -4 -o addr show dev eth0)" in *" %2$s/"*) has=1;; *) has=0;; esac
        echo "$before $EPOCHREALTIME $has"
        sleep 0.03
        done > /lab/%1$s\
        """
            .formatted(FILE, address);
    nodes.forEach(
        node ->
            node.exec("sh", "-c", "setsid bash -c '" + loop + "' </dev/null >/dev/null 2>&1 &"));
    return new AddressWatch(nodes);
  }

  /** One look: its result is from between the two moments. */
  private record Look(Instant from, Instant to, boolean has) {}

  /** A time in which a node certainly had the address without interruption. */
  record Tenure(Node node, Instant from, Instant to) {
    boolean overlaps(Tenure other) {
      return from.isBefore(other.to) && other.from.isBefore(to);
    }
  }

  /** The node that has the address now, if exactly one has. */
  Optional<Node> holder() {
    List<Node> all = new ArrayList<>();
    for (Node node : nodes) {
      List<Look> looks = looks(node);
      if (!looks.isEmpty() && looks.getLast().has()) {
        all.add(node);
      }
    }
    return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
  }

  /** Waits until exactly one node has it, and not that one. */
  Node awaitOtherThan(Node former, Duration limit) {
    Await.until(
        "another node has the address",
        limit,
        () -> holder().filter(node -> !node.equals(former)).isPresent());
    return holder().orElseThrow();
  }

  Node awaitHolder(Duration limit) {
    Await.until("a node has the address", limit, () -> holder().isPresent());
    return holder().orElseThrow();
  }

  /** No two nodes ever had the address at the same time. */
  void assertNeverTwo() {
    List<Tenure> all = tenures();
    for (Tenure one : all) {
      for (Tenure other : all) {
        assertThat(one.node().equals(other.node()) || !one.overlaps(other))
            .as("%s and %s", one, other)
            .isTrue();
      }
    }
    nodes.forEach(node -> assertThat(looks(node)).as("looks at %s", node).hasSizeGreaterThan(20));
  }

  /** When the address appeared on any node but that one after that moment. */
  Instant appeared(Instant after, Node former) {
    return tenures().stream()
        .filter(it -> !it.node().equals(former) && it.from().isAfter(after))
        .map(Tenure::from)
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** When it was last seen on that node. */
  Instant lastSeen(Node node) {
    return tenures().stream()
        .filter(it -> it.node().equals(node))
        .map(Tenure::to)
        .max(Instant::compareTo)
        .orElseThrow();
  }

  List<Tenure> tenures() {
    List<Tenure> tenures = new ArrayList<>();
    Map<Node, List<Look>> all = new LinkedHashMap<>();
    nodes.forEach(node -> all.put(node, looks(node)));
    all.forEach(
        (node, looks) -> {
          Instant from = null;
          Instant to = null;
          for (Look look : looks) {
            if (look.has()) {
              from = from == null ? look.to() : from;
              to = look.from();
            } else if (from != null) {
              tenures.add(new Tenure(node, from, to.isBefore(from) ? from : to));
              from = null;
            }
          }
          if (from != null) {
            tenures.add(new Tenure(node, from, to.isBefore(from) ? from : to));
          }
        });
    return tenures;
  }

  private static List<Look> looks(Node node) {
    Path file = node.file(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      List<Look> looks = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ", -1);
        if (words.length == 3 && !words[2].isEmpty()) {
          looks.add(new Look(moment(words[0]), moment(words[1]), words[2].equals("1")));
        }
      }
      return looks;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant moment(String text) {
    int point = text.indexOf('.');
    return Instant.ofEpochSecond(
        Long.parseLong(text, 0, point, 10), Long.parseLong(text.substring(point + 1)) * 1000);
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.exec("touch", "/lab/" + FILE + ".end"));
    // The loop sees it within a turn; the next watch writes the file anew.
    Expect.sleep(Duration.ofMillis(300));
  }
}
