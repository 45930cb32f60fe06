package io.trunkline.simulation.network;

import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.Scheduler;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The network between simulated machines, which are known by their addresses. Each direction
 * between two of them has a latency, and can be cut; what is sent over TCP meanwhile is sent again,
 * ever more seldom (RFC 6298), while datagrams are lost, and may be doubled or overtake each other.
 */
public final class Network {
  /** Milliseconds, one way. */
  private static final double LATENCY = 0.3;

  private final Scheduler scheduler;
  private final Randomness random;
  private final Set<String> cut = new TreeSet<>();
  private final Map<String, Double> slow = new TreeMap<>();
  private final Map<String, Long> arrivals = new TreeMap<>();
  private final Set<String> down = new TreeSet<>();
  private final Map<String, Consumer<TcpSide>> listening = new TreeMap<>();
  private final Map<String, Map<String, BiConsumer<String, byte[]>>> members = new TreeMap<>();
  private final Set<TcpSide> connections = new LinkedHashSet<>();
  private double datagramLoss;
  private Consumer<String> strays = _ -> {};

  public Network(Scheduler scheduler, Randomness random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /** Is told of connections that end by what was reported of others. */
  public void onStray(Consumer<String> told) {
    strays = told;
  }

  void stray(String what) {
    strays.accept(what);
  }

  Scheduler scheduler() {
    return scheduler;
  }

  // What is wrong with it.

  /** From now on nothing gets from the one to the other. */
  public void cut(String from, String to) {
    if (cut.add(path(from, to))) {
      for (TcpSide side : List.copyOf(connections)) {
        side.onPathCut(from, to);
      }
    }
  }

  /** It does again. */
  public void mend(String from, String to) {
    cut.remove(path(from, to));
  }

  /** The machine has lost its power: nothing reaches it, and it has forgotten everything. */
  public void powerOff(String host) {
    down.add(host);
    for (TcpSide side : List.copyOf(connections)) {
      if (side.host().equals(host)) {
        side.forget();
      } else if (side.peerHost().equals(host)) {
        side.onPathCut(side.host(), host);
      }
    }
  }

  /** It has power again; its programs have not been started. */
  public void powerOn(String host) {
    down.remove(host);
  }

  /** From now on so many milliseconds more go by between the two, in both directions; 0: none. */
  public void slow(String one, String other, double millis) {
    slow.put(path(one, other), millis);
    slow.put(path(other, one), millis);
  }

  /** From now on so many of a hundred datagrams are lost. */
  public void loseDatagrams(double percent) {
    datagramLoss = percent;
  }

  /** Whether anything gets from the one to the other. */
  public boolean open(String from, String to) {
    return from.equals(to)
        ? !down.contains(from)
        : !cut.contains(path(from, to)) && !down.contains(from) && !down.contains(to);
  }

  /** Whether that machine has power. */
  public boolean powered(String host) {
    return !down.contains(host);
  }

  private static String path(String from, String to) {
    return from + ">" + to;
  }

  /** Nanoseconds from the one to the other, this time. */
  long latency(String from, String to) {
    if (from.equals(to)) {
      return random.latency(0.02);
    }
    return random.latency(LATENCY + slow.getOrDefault(path(from, to), 0.0));
  }

  // Messages, for what is not modelled byte by byte.

  /**
   * Runs that at the other machine once a message has got there; never if it is lost. Messages that
   * are sent one after the other arrive in that order.
   */
  public void send(String from, String to, Runnable arrived) {
    send(from, to, arrived, scheduler.now(), TimeUnit.MILLISECONDS.toNanos(200));
  }

  private void send(String from, String to, Runnable arrived, long since, long retransmission) {
    if (!open(from, to)) {
      // TCP sends again; the programs that use this have given up long before it does.
      if (scheduler.now() - since < TimeUnit.SECONDS.toNanos(20)) {
        scheduler.after(retransmission, () -> send(from, to, arrived, since, 2 * retransmission));
      }
      return;
    }
    long at =
        Math.max(
            scheduler.now() + latency(from, to), arrivals.getOrDefault(path(from, to), 0L) + 1);
    arrivals.put(path(from, to), at);
    scheduler.at(
        at,
        () -> {
          if (powered(to)) {
            arrived.run();
          }
        });
  }

  // Datagrams.

  /** That machine hears what is sent to that group. */
  public void join(String group, String host, BiConsumer<String, byte[]> heard) {
    members.computeIfAbsent(group, _ -> new LinkedHashMap<>()).put(host, heard);
  }

  /** It does not any more. */
  public void leave(String group, String host) {
    members.getOrDefault(group, new LinkedHashMap<>()).remove(host);
  }

  /** Sends a datagram to all others of the group. */
  public void multicast(String group, String from, byte[] message) {
    members
        .getOrDefault(group, Map.of())
        .forEach(
            (host, _) -> {
              if (!host.equals(from) && open(from, host)) {
                deliver(group, from, host, message);
              }
            });
  }

  private void deliver(String group, String from, String to, byte[] message) {
    int copies = random.percent(datagramLoss) ? 0 : random.percent(datagramLoss / 4) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      scheduler.after(
          latency(from, to),
          () -> {
            BiConsumer<String, byte[]> heard = members.getOrDefault(group, Map.of()).get(to);
            if (heard != null && powered(to)) {
              heard.accept(from, message);
            }
          });
    }
  }

  // TCP.

  /** Accepts connections there. */
  public void listen(String host, int port, Consumer<TcpSide> accepted) {
    listening.put(host + ":" + port, accepted);
  }

  /** Does not any more; established connections stay. */
  public void close(String host, int port) {
    listening.remove(host + ":" + port);
  }

  /** Dials; the side that is returned is told of what comes of it. */
  public TcpSide connect(String from, String to, int port) {
    TcpSide dialling = new TcpSide(this, from, to);
    connections.add(dialling);
    synchronize(dialling, port, TimeUnit.SECONDS.toNanos(1));
    return dialling;
  }

  /** Sends SYN, and sends it again while nothing comes back (tcp(7), tcp_syn_retries). */
  private void synchronize(TcpSide dialling, int port, long again) {
    String from = dialling.host();
    String to = dialling.peerHost();
    if (dialling.over() || again > TimeUnit.MINUTES.toNanos(2)) {
      return;
    }
    if (!open(from, to) || !open(to, from)) {
      scheduler.after(again, () -> synchronize(dialling, port, 2 * again));
      return;
    }
    scheduler.after(
        latency(from, to),
        () -> {
          Consumer<TcpSide> accept = powered(to) ? listening.get(to + ":" + port) : null;
          TcpSide accepting = accept == null ? null : new TcpSide(this, to, from);
          if (accepting != null) {
            connections.add(accepting);
            accepting.joined(dialling);
          }
          scheduler.after(
              latency(to, from),
              () -> {
                dialling.answered(accepting);
                if (accept != null && accepting != null) {
                  accept.accept(accepting);
                }
              });
        });
  }

  /** The connection is over at that end. */
  void over(TcpSide side) {
    connections.remove(side);
  }
}
