package io.trunkline.simulation.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.HostResolver;
import io.trunkline.config.ListenerConfig;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.admission.ConnectionRates;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.backend.BackendContext;
import io.trunkline.proxy.backend.CancelTarget;
import io.trunkline.proxy.backend.ClusterContext;
import io.trunkline.proxy.backend.ClusterContexts;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.backend.MemberCheck;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.relay.LingeringClients;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.session.ClientHandler;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.session.Session;
import io.trunkline.proxy.session.SessionLoop;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.RefusalLog;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingCell;
import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.network.SimulatedChannel;
import io.trunkline.simulation.network.TcpSide;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedLoop;
import io.trunkline.simulation.time.SimulatedProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * One listener of a node, and the session loop that owns its sessions: Trunkline's sessions on
 * simulated sockets, put together as {@code Proxy} does.
 */
final class ProxyListener {
  private static final long MEMORY = 64L << 20;

  private final NodeWorld world;
  private final String node;
  private final String host;
  private final ListenerConfig config;
  private final SimulatedProcess process;
  private final SimulatedLoop loop;
  private final SessionLoop sessions;
  private final ListenerContext context;
  private final ListenerStats stats = new ListenerStats();
  private final RelayMemory memory = new RelayMemory(MEMORY);

  ProxyListener(
      NodeWorld world,
      String node,
      String host,
      ListenerConfig config,
      ClusterConfig cluster,
      RoutingCell cell,
      ConnectObserver connects,
      EventSink events,
      SimulatedProcess process,
      String stream) {
    this.world = world;
    this.node = node;
    this.host = host;
    this.config = config;
    this.process = process;
    String name = stream + config.name();
    this.loop =
        new SimulatedLoop(
            process, new Randomness(world.seed(), name + " loop"), world.wiring().inlinesTasks());
    long delay = world.wiring().fencingDelay();
    Executor urgent =
        delay == 0 ? loop.urgent() : task -> process.after(delay, () -> loop.execute(task));
    this.sessions = new SessionLoop(loop, urgent, 1, 1, Set.of(), new LingeringClients());
    InstantSource clock = process.clock().steady();
    Descriptors descriptors = new Descriptors(1000);
    Dialer dialer = new Dialer(config, new HostResolver(clock), this::socket, descriptors, memory);
    Map<CancelKey, CancelTarget> keys = new HashMap<>();
    Randomness random = new Randomness(world.seed(), name + " picks");
    this.context =
        new ListenerContext(
            Optional.empty(),
            new BackendContext(
                config,
                Optional.empty(),
                context(cluster, cell, events, clock),
                new Picker(config, Optional.empty(), random.generator()),
                dialer,
                keys,
                stats,
                memory,
                new StateMemory(MEMORY),
                connects,
                new MemberCheck(dialer),
                Optional.empty(),
                clock,
                world.wiring().departures(random.generator())),
            new Admission(
                config,
                new ConnectionRates(config.limits(), process.clock()::nanoTime),
                new MemoryGate(),
                descriptors),
            new Rules(config.rules()),
            new CancelFanOut(dialer, keys, stats),
            new RefusalLog(config.name(), events, clock));
  }

  private ClusterContext context(
      ClusterConfig cluster, RoutingCell cell, EventSink events, InstantSource clock) {
    ClusterContexts contexts =
        new ClusterContexts(
            (_, from, table) -> {
              var _ = sessions.publish(from, table);
            },
            events,
            clock);
    Map<String, ClusterContext> planned =
        contexts.plan(List.of(cluster), Map.of(cluster.name(), cell));
    contexts.commit(planned);
    return planned.get(cluster.name());
  }

  private Channel socket(InetAddress to) {
    SimulatedChannel channel =
        new SimulatedChannel(world.network(), process, host, this::onWritten);
    channel.closeFuture().addListener(_ -> world.sessions().closed(channel));
    return channel;
  }

  private void onWritten(SimulatedChannel channel, byte[] bytes) {
    InetSocketAddress to = channel.remoteAddress();
    Postgres member = to == null ? null : world.members().get(to.getHostString());
    if (member == null) {
      return;
    }
    String client = world.sessions().relayed(node, channel, member.name(), bytes);
    if (!client.isEmpty() && config.route().writes()) {
      world.routing().sends(node, member, client);
    }
  }

  void start() {
    world.network().listen(host, config.bind().port(), this::accept);
  }

  void stopListening() {
    world.network().close(host, config.bind().port());
  }

  /** Counts why sessions have ended. */
  void countEnds() {
    stats
        .ends()
        .forEach(
            (reason, times) -> {
              if (times > 0) {
                world.coverage().count("session_end", reason.name(), times);
              }
            });
  }

  private void accept(TcpSide accepted) {
    if (process.dead()) {
      accepted.close(true);
      return;
    }
    loop.execute(() -> begin(accepted));
  }

  private void begin(TcpSide accepted) {
    SimulatedChannel client =
        new SimulatedChannel(
            world.network(),
            process,
            accepted,
            new InetSocketAddress(InetAddress.ofLiteral(host), config.bind().port()));
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (!context.admission().accepted(client)) {
      world.violations().broken(Promise.NO_DEFECT, node + " is out of descriptors");
    }
    Session session = new Session(context, sessions, client, client.remoteAddress());
    client.pipeline().addLast(new ClientHandler(session));
    var _ = loop.register(client);
  }
}
