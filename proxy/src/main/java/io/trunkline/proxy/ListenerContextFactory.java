package io.trunkline.proxy;

import io.trunkline.config.ListenerConfig;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.admission.ConnectionRates;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.backend.BackendContext;
import io.trunkline.proxy.backend.CancelKeys;
import io.trunkline.proxy.backend.ClusterContext;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.backend.MemberAddresses;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.RefusalLog;
import io.trunkline.proxy.tls.Certificates;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.Picker;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes the contexts of this node's listeners out of what all of them share. */
final class ListenerContextFactory {
  private final Certificates certificates;
  private final MemoryGate memory;
  private final Descriptors descriptors;
  private final RelayMemory relayed;
  private final ConnectObserver connects;
  private final EventSink events;
  private final InstantSource clock;
  private final MemberAddresses addresses;
  private final CancelKeys keys = new CancelKeys();

  ListenerContextFactory(
      Certificates certificates,
      MemoryGate memory,
      Descriptors descriptors,
      RelayMemory relayed,
      ConnectObserver connects,
      EventSink events,
      InstantSource clock) {
    this.certificates = certificates;
    this.memory = memory;
    this.descriptors = descriptors;
    this.relayed = relayed;
    this.connects = connects;
    this.events = events;
    this.clock = clock;
    this.addresses = new MemberAddresses(clock);
  }

  /**
   * @param zone where this node is
   * @param before what the listener of that name was until now; its counts go on
   */
  ListenerContext make(
      ListenerConfig listener,
      ClusterContext cluster,
      Optional<String> zone,
      Optional<ListenerContext> before) {
    Dialer dialer = new Dialer(listener, addresses, descriptors, relayed);
    ListenerStats stats = before.map(ListenerContext::stats).orElseGet(ListenerStats::new);
    ConnectionRates rates = new ConnectionRates(listener.limits(), System::nanoTime);
    return new ListenerContext(
        certificates.serverTls(listener),
        new BackendContext(
            listener,
            certificates.backendTls(listener),
            cluster,
            new Picker(listener, zone, RandomGenerator.getDefault()),
            dialer,
            keys,
            stats,
            relayed,
            connects,
            clock),
        before
            .map(it -> it.admission().after(listener, rates))
            .orElseGet(() -> new Admission(listener, rates, memory, descriptors)),
        new Rules(listener.rules()),
        new CancelFanOut(dialer, keys, stats),
        new RefusalLog(listener.name(), events, clock));
  }
}
