package io.trunkline.proxy.admission;

import io.netty.channel.Channel;
import io.trunkline.config.Cidr;
import io.trunkline.config.ListenerConfig;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Which clients a listener lets in, and how many. */
public final class Admission {
  /** How many clients are told at one time why they are refused. */
  private static final int MOST_REFUSED = 1_000;

  private final ListenerConfig listener;
  private final ConnectionRates rates;
  private final MemoryGate memory;
  private final Descriptors descriptors;
  private final Map<InetAddress, Integer> byAddress;
  private final AtomicInteger lingering;

  public Admission(
      ListenerConfig listener, ConnectionRates rates, MemoryGate memory, Descriptors descriptors) {
    this(listener, rates, memory, descriptors, new ConcurrentHashMap<>(), new AtomicInteger());
  }

  private Admission(
      ListenerConfig listener,
      ConnectionRates rates,
      MemoryGate memory,
      Descriptors descriptors,
      Map<InetAddress, Integer> byAddress,
      AtomicInteger lingering) {
    this.listener = listener;
    this.rates = rates;
    this.memory = memory;
    this.descriptors = descriptors;
    this.byAddress = byAddress;
    this.lingering = lingering;
  }

  /** By other rules, counting the clients that are in. */
  public Admission after(ListenerConfig changed, ConnectionRates newRates) {
    return new Admission(changed, newRates, memory, descriptors, byAddress, lingering);
  }

  /**
   * Counts a client in.
   *
   * @param connections how many the listener has, this one included
   * @return why it has to go, if it has to; it is to be counted out all the same
   */
  public Optional<SessionEnd> enter(InetAddress client, int connections) {
    int fromAddress = byAddress.merge(client, 1, Integer::sum);
    if (!allowed(client)) {
      return Optional.of(SessionEnd.ADDRESS_DENIED);
    }
    if (memory.closed()) {
      return Optional.of(SessionEnd.MEMORY_LIMIT);
    }
    if (descriptors.scarce()) {
      return Optional.of(SessionEnd.DESCRIPTOR_LIMIT);
    }
    if (connections > listener.limits().maxConnections()) {
      return Optional.of(SessionEnd.TOO_MANY_CONNECTIONS);
    }
    if (fromAddress > listener.limits().maxConnectionsPerAddress()) {
      return Optional.of(SessionEnd.TOO_MANY_FROM_ADDRESS);
    }
    return rates.enter(client);
  }

  /** Counts its descriptor; whether there is one even for refusing it. */
  public boolean accepted(Channel client) {
    return descriptors.accepted(client);
  }

  /** Whether connections of that peer begin with a PROXY protocol header. */
  public boolean sendsProxyHeader(InetAddress peer) {
    return any(listener.proxyProtocolFrom(), peer);
  }

  /**
   * Counts a connection that is no session, or no longer one, until it has closed: it waits for its
   * client to hear why, and none of the limits on connections is about it.
   *
   * @param served whether it was a session
   * @return false: there are too many of them already; reset it
   */
  public boolean lingers(Channel client, boolean served) {
    int most = served ? listener.limits().maxConnections() : 0;
    if (lingering.incrementAndGet() > Math.max(most, MOST_REFUSED)) {
      lingering.decrementAndGet();
      return false;
    }
    client.closeFuture().addListener(_ -> lingering.decrementAndGet());
    return true;
  }

  /** Counts a client out. */
  public void leave(InetAddress client) {
    byAddress.computeIfPresent(client, (_, count) -> count == 1 ? null : count - 1);
  }

  private boolean allowed(InetAddress client) {
    return !any(listener.deny(), client)
        && (listener.allow().isEmpty() || any(listener.allow(), client));
  }

  private static boolean any(List<Cidr> networks, InetAddress client) {
    return networks.stream().anyMatch(network -> network.contains(client));
  }
}
