package io.trunkline.packaging.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.packaging.admin.AdminPages;
import io.trunkline.packaging.admin.AdminServer;
import io.trunkline.packaging.admin.EventHistory;
import io.trunkline.packaging.metrics.Metrics;
import io.trunkline.packaging.status.Addresses;
import io.trunkline.packaging.status.Moments;
import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.packaging.status.Readiness;
import io.trunkline.proxy.Proxy;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import io.trunkline.vip.vrrp.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The modules wired together: one node at work. */
final class Daemon implements AutoCloseable {
  /** From the end of the drain to the end of the process, at most. */
  private static final Duration CLOSING = Duration.ofSeconds(15);

  private final TrunklineConfig config;
  private final EventSink events;
  private final InstantSource clock;
  private final Map<String, ClusterDesk> desks = new LinkedHashMap<>();
  private final Map<String, ClusterSource> sources = new LinkedHashMap<>();
  private final Map<String, PrimaryProbe> probes = new LinkedHashMap<>();
  private final ConnectDispatch connects = new ConnectDispatch();
  private final Proxy proxy;
  private final Optional<VipDesk> vips;
  private final EventLoopGroup loop;
  private final MemoryWatch memory;
  private final Metrics metrics;
  private final AdminServer admin;
  private final ServiceManager manager;
  private final StatusLine statusLine;
  private final Pulse pulse;
  private final PhaseCell phase = new PhaseCell();

  /** What surrounds the daemon. */
  record Surroundings(
      String version,
      Map<String, String> environment,
      InstantSource clock,
      EventSink log,
      LongSupplier droppedLogLines,
      ClusterSources sources,
      VipProtocols vips) {}

  Daemon(TrunklineConfig config, Surroundings around) {
    this.config = config;
    this.clock = around.clock();
    EventHistory history = new EventHistory(1_000);
    this.events =
        event -> {
          around.log().emit(event);
          history.emit(event);
        };
    config.clusters().forEach(cluster -> watch(cluster, around.sources()));
    Map<String, RoutingCell> cells = new LinkedHashMap<>();
    desks.forEach((name, desk) -> cells.put(name, desk.cell()));
    this.proxy = new Proxy(config, cells, connects, events, clock);
    this.vips =
        VipDesk.of(
            config,
            around.vips(),
            new VipStory(events, clock, proxy::endSessionsThrough),
            cells,
            new VipDesk.Node(
                proxy::serving, phase::refusesSessions, proxy::turn, this::probePrimary));
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", true), EpollIoHandler.newFactory());
    this.memory = new MemoryWatch(config.memoryLimit(), proxy.memory(), events, clock, loop);
    OperatorDrain operators = new OperatorDrain(config, phase, proxy, vips, events, clock, loop);
    NodeFacts facts =
        new NodeFacts(
            config,
            around.version(),
            clock,
            clock.instant(),
            cells,
            proxy::bound,
            proxy::stats,
            () -> vips.map(VipDesk::status).orElse(List.of()),
            memory::use,
            this::readiness,
            operators::report);
    Health health = new Health(facts);
    this.metrics = new Metrics(facts, around.droppedLogLines());
    this.admin =
        new AdminServer(
            config.admin(),
            new AdminPages(
                facts,
                health::ailment,
                metrics::scrape,
                history,
                new ProxySessions(proxy, events, clock)),
            desks.keySet(),
            Map.of("accept", this::acceptTimeline),
            operators.actions(),
            this::requestFailed,
            loop);
    this.manager = ServiceManager.of(around.environment(), loop);
    this.statusLine = new StatusLine(facts);
    this.pulse = new Pulse(statusLine, health, this::turn, manager, loop);
  }

  /**
   * Binds and begins to look.
   *
   * @throws IOException saying in one sentence what could not be opened, and why
   */
  void start() throws IOException {
    admin.start();
    proxy.start();
    if (vips.isPresent()) {
      vips.get().start();
    }
    sources.values().forEach(ClusterSource::start);
  }

  /** Completes when every cluster has been seen. */
  CompletableFuture<Void> seen() {
    return CompletableFuture.allOf(
        desks.values().stream().map(ClusterDesk::seen).toArray(CompletableFuture<?>[]::new));
  }

  /** From now on this node serves. */
  void ready() {
    if (phase.ready()) {
      List<String> unseen =
          desks.entrySet().stream()
              .filter(desk -> !desk.getValue().seen().isDone())
              .map(Map.Entry::getKey)
              .toList();
      emit(
          Severity.INFO,
          "daemon_ready",
          "listeners",
          boundTo(),
          "admin",
          Addresses.text(admin.address()));
      unseen.forEach(cluster -> emit(Severity.WARN, "cluster_not_seen_yet", "cluster", cluster));
      manager.ready(statusLine.text());
    }
  }

  /**
   * Hands the VIPs over, then takes no new sessions; the future completes when the last has ended.
   */
  CompletableFuture<Void> drain() {
    CompletableFuture<Void> released =
        vips.map(desk -> desk.release(Reason.SHUTDOWN))
            .orElseGet(() -> CompletableFuture.completedFuture(null));
    Phase.Draining draining = phase.drain(clock.instant(), config.drainTimeout());
    manager.stopping(config.drainTimeout().plus(CLOSING), statusLine.text());
    // Until a successor has the addresses, those who come through them are served.
    return released.thenComposeAsync(_ -> drainSessions(draining.deadline()), loop);
  }

  private CompletableFuture<Void> drainSessions(Instant deadline) {
    Duration left = Duration.between(clock.instant(), deadline);
    return proxy.drain(left.isNegative() ? Duration.ZERO : left);
  }

  /** Ends everything. */
  @Override
  public void close() {
    phase.stop();
    vips.ifPresent(VipDesk::close);
    proxy.close();
    sources.values().forEach(ClusterSource::close);
    pulse.close();
    memory.close();
    admin.close();
    manager.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    metrics.close();
  }

  /** Tells something about the daemon itself. */
  void emit(Severity severity, String name, Object... fields) {
    events.emit(Event.of(clock.instant(), severity, name, fields));
  }

  private void watch(ClusterConfig cluster, ClusterSources factory) {
    List<ListenerConfig> readers =
        config.listeners().stream()
            .filter(listener -> listener.cluster().equals(cluster.name()))
            .filter(listener -> !listener.route().writes())
            .toList();
    ClusterDesk desk =
        new ClusterDesk(
            new WriteRouting(WritePolicy.of(cluster)), new DecisionNarrator(readers, events));
    ClusterSource source = factory.open(cluster, events, desk);
    desks.put(cluster.name(), desk);
    sources.put(cluster.name(), source);
    connects.register(cluster.name(), source);
    probes.put(cluster.name(), new PrimaryProbe(connects));
  }

  /** {@code write 0.0.0.0:5000, read 0.0.0.0:5001}. */
  private String boundTo() {
    Map<String, InetSocketAddress> bound = proxy.bound();
    return config.listeners().stream()
        .map(ListenerConfig::name)
        .filter(bound::containsKey)
        .map(name -> name + " " + Addresses.text(bound.get(name)))
        .collect(Collectors.joining(", "));
  }

  private void probePrimary(ClusterView view) {
    Objects.requireNonNull(probes.get(view.cluster())).look(view);
  }

  /** Completes when every loop that serves has come to it. */
  private CompletableFuture<Void> turn() {
    CompletableFuture<Void> sessions = proxy.turn();
    return vips.map(desk -> CompletableFuture.allOf(sessions, desk.turn())).orElse(sessions);
  }

  private void requestFailed(String path, RuntimeException defect) {
    emit(Severity.ERROR, "admin_request_failed", "path", path, "error", defect);
  }

  private void acceptTimeline(String cluster) {
    emit(Severity.WARN, "timeline_accepted", "cluster", cluster, "by", "control_socket");
    sources.get(cluster).acceptTimeline();
  }

  private Readiness readiness() {
    Phase now = phase.now();
    Optional<String> obstacle =
        switch (now) {
          case Phase.Starting _ -> Optional.of("starting: not every cluster has been seen yet");
          case Phase.Serving _ ->
              proxy.serving() ? Optional.empty() : Optional.of("not every listener is bound");
          case Phase.Drained drained ->
              Optional.of(
                  "drained by %s since %s, takes no new sessions"
                      .formatted(drained.by(), Moments.text(drained.since())));
          case Phase.Draining draining ->
              Optional.of("draining until " + draining.deadline() + ", takes no new sessions");
          case Phase.Stopping _ -> Optional.of("stopping");
        };
    return new Readiness(now.word(), obstacle);
  }
}
