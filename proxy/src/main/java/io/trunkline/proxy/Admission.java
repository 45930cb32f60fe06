package io.trunkline.proxy;

import io.netty.channel.Channel;
import io.trunkline.config.Cidr;
import io.trunkline.config.ListenerConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which clients a listener lets in, and how many. */
final class Admission {
  private final ListenerConfig listener;
  private final ConnectionRates rates;
  private final MemoryGate memory;
  private final Descriptors descriptors;
  private final Map<InetAddress, Integer> byAddress;

  Admission(
      ListenerConfig listener, ConnectionRates rates, MemoryGate memory, Descriptors descriptors) {
    this(listener, rates, memory, descriptors, new ConcurrentHashMap<>());
  }

  private Admission(
      ListenerConfig listener,
      ConnectionRates rates,
      MemoryGate memory,
      Descriptors descriptors,
      Map<InetAddress, Integer> byAddress) {
    this.listener = listener;
    this.rates = rates;
    this.memory = memory;
    this.descriptors = descriptors;
    this.byAddress = byAddress;
  }

  /** By other rules, counting the clients that are in. */
  Admission after(ListenerConfig changed, ConnectionRates newRates) {
    return new Admission(changed, newRates, memory, descriptors, byAddress);
  }

  /**
   * Counts a client in.
   *
   * @param connections how many the listener has, this one included
   * @return why it has to go, if it has to; it is to be counted out all the same
   */
  Optional<SessionEnd> enter(InetAddress client, int connections) {
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
  boolean accepted(Channel client) {
    return descriptors.accepted(client);
  }

  /** Whether connections of that peer begin with a PROXY protocol header. */
  boolean sendsProxyHeader(InetAddress peer) {
    return any(listener.proxyProtocolFrom(), peer);
  }

  void leave(InetAddress client) {
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
