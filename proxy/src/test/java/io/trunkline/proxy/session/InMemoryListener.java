package io.trunkline.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.HostResolver;
import io.trunkline.config.ListenerConfig;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.proxy.DuplexEmbeddedChannel;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.admission.ConnectionRates;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.backend.BackendContext;
import io.trunkline.proxy.backend.CancelTarget;
import io.trunkline.proxy.backend.ClusterContexts;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.backend.MemberCheck;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.relay.LingeringClients;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.RefusalLog;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Event;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingCell;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** A listener without a socket, of a cluster of which nothing is known yet: its clients wait. */
public final class InMemoryListener {
  public final List<Event> refusals = new ArrayList<>();
  public final ListenerContext context;

  public InMemoryListener(ProxyFixture.Settings settings) {
    ListenerConfig listener = ProxyFixture.listener(settings, "write");
    ClusterConfig cluster = ProxyFixture.cluster(settings);
    HostResolver hosts = new HostResolver(() -> Instant.EPOCH);
    Descriptors descriptors = new Descriptors(1_000);
    RelayMemory memory = new RelayMemory(64L << 20);
    Dialer dialer = new Dialer(listener, hosts, descriptors, memory);
    Map<CancelKey, CancelTarget> keys = new ConcurrentHashMap<>();
    ListenerStats stats = new ListenerStats();
    context =
        new ListenerContext(
            Optional.empty(),
            new BackendContext(
                listener,
                Optional.empty(),
                new ClusterContexts((_, _, _) -> {}, _ -> {}, InstantSource.system())
                    .plan(List.of(cluster), Map.of(cluster.name(), new RoutingCell()))
                    .get(cluster.name()),
                new Picker(listener, Optional.empty(), RandomGenerator.getDefault()),
                dialer,
                keys,
                stats,
                memory,
                new StateMemory(64L << 20),
                ConnectObserver.NONE,
                new MemberCheck(dialer),
                Optional.empty(),
                () -> Instant.EPOCH,
                RandomGenerator.getDefault()),
            new Admission(
                listener,
                new ConnectionRates(listener.limits(), () -> 0),
                new MemoryGate(),
                descriptors),
            new Rules(listener.rules()),
            new CancelFanOut(dialer, keys, stats),
            new RefusalLog("write", refusals::add, () -> Instant.EPOCH));
  }

  /** What a connection's event loop has. */
  public static SessionLoop loop(Channel channel) {
    EventLoop loop = channel.eventLoop();
    return new SessionLoop(loop, loop, 1, 1, Set.of(), new LingeringClients());
  }

  /** A client's connection. */
  public Session accept(DuplexEmbeddedChannel channel) {
    Session session = new Session(context, loop(channel), channel, DuplexEmbeddedChannel.CLIENT);
    channel.pipeline().addLast(new ClientHandler(session));
    session.onClientConnected();
    return session;
  }

  /** Why connections have ended, and how many. */
  public Map<SessionEnd, Long> ends() {
    Map<SessionEnd, Long> ends = new TreeMap<>(context.stats().ends());
    ends.values().removeIf(count -> count == 0);
    return ends;
  }
}
