package io.trunkline.proxy;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Event;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingCell;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** A listener without a socket, of a cluster of which nothing is known yet: its clients wait. */
final class InMemoryListener {
  private static final ConnectObserver NOBODY =
      new ConnectObserver() {
        @Override
        public void connected(String cluster, String member) {}

        @Override
        public void failed(String cluster, String member, String failure) {}

        @Override
        public void standbySeen(String cluster, String member) {}
      };

  final List<Event> refusals = new ArrayList<>();
  final ListenerContext context;

  InMemoryListener(ProxyFixture.Settings settings) {
    ListenerConfig listener = ProxyFixture.listener(settings, "write");
    ClusterConfig cluster = ProxyFixture.cluster(settings);
    MemberAddresses addresses = new MemberAddresses(() -> Instant.EPOCH);
    Descriptors descriptors = new Descriptors(1_000);
    RelayMemory memory = new RelayMemory(64L << 20);
    Dialer dialer = new Dialer(listener, addresses, descriptors, memory);
    CancelKeys keys = new CancelKeys();
    ListenerStats stats = new ListenerStats();
    context =
        new ListenerContext(
            listener,
            Optional.empty(),
            Optional.empty(),
            ClusterContext.of(cluster, new RoutingCell()),
            new Picker(listener, Optional.empty(), RandomGenerator.getDefault()),
            new Admission(
                listener,
                new ConnectionRates(listener.limits(), () -> 0),
                new MemoryGate(),
                descriptors),
            new Rules(listener.rules()),
            dialer,
            new CancelFanOut(dialer, keys, stats),
            keys,
            stats,
            memory,
            NOBODY,
            new RefusalLog("write", refusals::add, () -> Instant.EPOCH),
            () -> Instant.EPOCH);
  }

  /** A client's connection. */
  Session accept(DuplexEmbeddedChannel channel) {
    SessionLoop loop =
        new SessionLoop(
            channel.eventLoop(),
            channel.eventLoop(),
            new SessionIds(1, 1),
            new LostAddresses(),
            new LingeringClients());
    Session session = new Session(context, loop, channel, DuplexEmbeddedChannel.CLIENT);
    channel.pipeline().addLast(new ClientHandler(session));
    session.onClientConnected();
    return session;
  }

  /** A balancer's connection, which begins with a PROXY protocol header. */
  void acceptBalancer(DuplexEmbeddedChannel channel, Consumer<InetSocketAddress> begin) {
    SessionLoop loop =
        new SessionLoop(
            channel.eventLoop(),
            channel.eventLoop(),
            new SessionIds(1, 1),
            new LostAddresses(),
            new LingeringClients());
    ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    ProxyHeaderHandler handler =
        new ProxyHeaderHandler(context, loop, DuplexEmbeddedChannel.CLIENT, decoder, begin);
    channel.pipeline().addLast(decoder, handler);
    channel.pipeline().fireChannelActive();
  }

  /** Why connections have ended, and how many. */
  Map<SessionEnd, Long> ends() {
    Map<SessionEnd, Long> ends = new TreeMap<>(context.stats().ends());
    ends.values().removeIf(count -> count == 0);
    return ends;
  }
}
