package io.trunkline.daemon.app;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.Validity;
import io.trunkline.daemon.admin.AdminPages;
import io.trunkline.daemon.admin.AdminRequest;
import io.trunkline.daemon.admin.AdminResponse;
import io.trunkline.daemon.admin.AdminServer;
import io.trunkline.daemon.admin.EventHistory;
import io.trunkline.daemon.admin.RequestHandler.Refused;
import io.trunkline.daemon.metrics.Metrics;
import io.trunkline.daemon.status.Addresses;
import io.trunkline.daemon.status.LastReload;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.Readiness;
import io.trunkline.daemon.status.ReloadAnswer;
import io.trunkline.daemon.status.Timestamps;
import io.trunkline.healthcheck.ClusterSource;
import io.trunkline.proxy.Proxy;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.WriteState;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The modules wired together: one node at work. */
final class Daemon implements AutoCloseable {
  /** From the end of the drain to the end of the process, at most. */
  private static final Duration CLOSING = Duration.ofSeconds(15);

  /**
   * The process before waits no longer for VIPs to be released: it drains as long as this one does,
   * and has to be over in time.
   */
  private static final Duration RELEASING = Duration.ofSeconds(1);

  private volatile TrunklineConfig config;
  private final EventSink events;
  private final InstantSource clock;
  private final Clusters clusters;
  private final Proxy proxy;
  private final VipCoordinator vips;
  private final OperatorDrain operators;
  private final LongSupplier droppedLogLines;
  private final NodeFacts facts;
  private final EventLoopGroup loop;
  private final MemoryWatch memory;
  private volatile Metrics metrics;
  private final AdminServer admin;
  private final ServiceManager manager;
  private final Reloads reloads;
  private final ProcessHandover handover;
  private final StatusLine statusLine;
  private final ServiceWatchdog watchdog;
  private final Warming warming;
  private final PhaseCell phase = new PhaseCell();

  /**
   * What surrounds the daemon.
   *
   * @param command how to start this program again
   * @param file reads the configuration again
   * @param vips makes the VIPs of a configuration
   */
  record Surroundings(
      String version,
      Map<String, String> environment,
      List<String> command,
      InstantSource clock,
      EventSink log,
      LongSupplier droppedLogLines,
      Supplier<ConfigResult> file,
      ClusterSource.Factory sources,
      BiFunction<TrunklineConfig, VipListener, VipService> vips) {}

  Daemon(TrunklineConfig config, Surroundings around) {
    this.config = config;
    this.clock = around.clock();
    EventHistory history = new EventHistory(1_000);
    this.events =
        new HandoverEventFilter(
            event -> {
              around.log().emit(event);
              history.emit(event);
            },
            phase::handedOver);
    this.warming = new Warming(config, events, clock);
    this.clusters = new Clusters(around.sources(), events);
    clusters.apply(config);
    this.proxy = new Proxy(config, clusters.cells(), clusters, events, clock);
    this.vips =
        new VipCoordinator(
            config,
            around.vips(),
            new VipEventLog(events, clock, vipSessions()),
            clusters::cells,
            new VipTracker.Node(
                proxy::serving,
                phase::refusesSessions,
                warming::cold,
                proxy::turn,
                clusters::probePrimary));
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", true), EpollIoHandler.newFactory());
    this.memory =
        new MemoryWatch(
            config.memoryLimit(),
            proxy.memory(),
            proxy::waitingBytes,
            proxy::stateBytes,
            events,
            clock,
            loop);
    this.operators = new OperatorDrain(() -> this.config, phase, proxy, vips, events, clock, loop);
    this.facts =
        new NodeFacts(
            () -> this.config,
            around.version(),
            clock,
            clock.instant(),
            clusters::cells,
            proxy::bound,
            proxy::stats,
            proxy::logins,
            vips::status,
            memory::use,
            this::validities,
            this::readiness,
            operators::report,
            this::lastReload,
            () -> handover().predecessor());
    Health health = new Health(facts);
    this.droppedLogLines = around.droppedLogLines();
    this.metrics = new Metrics(facts, droppedLogLines);
    this.admin =
        new AdminServer(
            config.admin(),
            config.node(),
            new AdminPages(
                facts,
                health::ailment,
                () -> metrics.scrape(),
                history,
                new ProxySessions(proxy, events, clock),
                Map.of(
                    "/api/v1/reload",
                    request -> reload(request.by()).thenApply(AdminResponse::json),
                    "/api/v1/upgrade",
                    request -> handover().begin(request.by()).thenApply(AdminResponse::json),
                    "/api/v1/drain",
                    operators::drain,
                    "/api/v1/undrain",
                    operators::undrain,
                    "/api/v1/clusters/*/accept",
                    this::acceptTimeline)),
            this::requestFailed,
            loop);
    this.reloads = new Reloads(this, around.file(), clock);
    this.manager = ServiceManager.of(around.environment(), loop);
    this.statusLine = new StatusLine(facts);
    this.handover =
        new ProcessHandover(
            new ProcessHandover.Parts(
                () -> this.config,
                phase,
                admin,
                proxy,
                vips,
                operators,
                manager,
                health::ailment,
                loop),
            around.version(),
            around.command(),
            events,
            clock);
    this.watchdog = new ServiceWatchdog(statusLine, health, this::turn, manager, loop);
  }

  /**
   * Binds and begins to look.
   *
   * @throws IOException saying in one sentence what could not be opened, and why
   */
  void start() throws IOException {
    admin.start(Optional.empty());
    proxy.start();
    vips.start();
    clusters.start();
  }

  /** Begins to look at the clusters, and does nothing else yet. */
  void look() {
    clusters.start();
  }

  /** Whether the writes of every cluster have somewhere to go, as far as this process can see. */
  boolean open() {
    return clusters.cells().values().stream()
        .allMatch(
            cell ->
                cell.current()
                    .filter(table -> table.write().state() == WriteState.OPEN)
                    .isPresent());
  }

  /**
   * Takes over from the process that waits there, once every cluster has been seen.
   *
   * @throws IOException saying in one sentence why not; then that process goes on
   */
  void succeed(Path meeting) throws IOException {
    List<String> unseen = clusters.unseen();
    if (!unseen.isEmpty()) {
      throw new IOException("state not read yet: cluster " + String.join(", ", unseen));
    }
    handover.succeed(meeting);
  }

  /** This process between the one before it and the one after. */
  ProcessHandover handover() {
    return handover;
  }

  /** Completes when every cluster has been seen. */
  CompletableFuture<Void> seen() {
    return clusters.seen();
  }

  /** Warms up; completes when that is over, or is not to be. */
  CompletableFuture<Void> warmUp() {
    warming.start();
    return warming.done();
  }

  /** From now on this node serves. */
  void ready() {
    warming.giveWay();
    if (phase.ready()) {
      vips.lookAgain();
      emit(
          EventName.DAEMON_READY, "listeners", boundTo(), "admin", Addresses.text(admin.address()));
      clusters
          .unseen()
          .forEach(cluster -> emit(EventName.CLUSTER_NOT_SEEN_YET, "cluster", cluster));
      manager.ready(statusLine.text());
    }
  }

  /**
   * Goes over to another configuration, of a node that keeps its name, its control socket, its log
   * and its directories. One thread at a time; blocks for as long as it takes.
   *
   * @throws IOException saying in one sentence what could not be opened, and why; what was there
   *     before goes on
   */
  void apply(TrunklineConfig next) throws IOException {
    TrunklineConfig before = config;
    clusters.apply(next);
    try {
      proxy.apply(next, clusters.cells());
      try {
        vips.apply(next);
      } catch (IOException e) {
        proxy.apply(before, clusters.cells());
        throw e;
      }
    } catch (IOException e) {
      clusters.apply(before);
      clusters.keepOnly(before);
      throw e;
    }
    config = next;
    clusters.keepOnly(next);
    memory.limit(next.memoryLimit());
    Metrics old = metrics;
    metrics = new Metrics(facts, droppedLogLines);
    old.close();
    loop.execute(operators::reconfigured);
  }

  /** Reads the configuration again and goes over to it. */
  CompletableFuture<ReloadAnswer> reload(String by) {
    manager.reloading();
    return reloads.reload(by).whenComplete((_, _) -> manager.ready(statusLine.text()));
  }

  /** What holds now. */
  TrunklineConfig config() {
    return config;
  }

  /**
   * Hands the VIPs over, then takes no new sessions; the future completes when the last has ended.
   */
  CompletableFuture<Void> drain() {
    CompletableFuture<Void> released = vips.release(VipReason.SHUTDOWN);
    Phase.Draining draining = phase.drain(clock.instant(), config.drainTimeout());
    manager.stopping(config.drainTimeout().plus(CLOSING), statusLine.text());
    // Until a successor has the addresses, those who come through them are served.
    CompletableFuture<Void> drained =
        released.thenComposeAsync(_ -> drainSessions(draining.deadline()), loop);
    CompletableFuture<Void> former =
        released
            .copy()
            .completeOnTimeout(null, RELEASING.toMillis(), TimeUnit.MILLISECONDS)
            .thenComposeAsync(_ -> handover.stopPredecessor(), loop);
    return CompletableFuture.allOf(former, drained);
  }

  private CompletableFuture<Void> drainSessions(Instant deadline) {
    Duration left = Duration.between(clock.instant(), deadline);
    return proxy.drain(left.isNegative() ? Duration.ZERO : left);
  }

  /** Ends everything. */
  @Override
  public void close() {
    phase.stop();
    warming.close();
    reloads.close();
    handover.close();
    vips.close();
    proxy.close();
    clusters.close();
    watchdog.close();
    memory.close();
    admin.close();
    manager.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    metrics.close();
  }

  /** Tells something about the daemon itself. */
  void emit(EventName name, Object... fields) {
    events.emit(Event.of(clock.instant(), name, fields));
  }

  private VipEventLog.Sessions vipSessions() {
    return new VipEventLog.Sessions() {
      @Override
      public void admit(Collection<InetAddress> addresses) {
        proxy.admitThrough(addresses);
      }

      @Override
      public void refuse(Collection<InetAddress> addresses) {
        proxy.refuseThrough(addresses);
      }

      @Override
      public CompletableFuture<Integer> end(Collection<InetAddress> addresses) {
        return handover().endSessionsThrough(addresses);
      }
    };
  }

  private List<Validity> validities() {
    return Stream.concat(clusters.validities().stream(), proxy.validities().stream()).toList();
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

  /** Completes when every loop that serves has come to it. */
  private CompletableFuture<Void> turn() {
    return CompletableFuture.allOf(proxy.turn(), vips.turn());
  }

  private LastReload lastReload() {
    return reloads.last();
  }

  private void requestFailed(String path, RuntimeException defect) {
    emit(EventName.ADMIN_REQUEST_FAILED, "path", path, "error", defect);
  }

  private CompletableFuture<AdminResponse> acceptTimeline(AdminRequest request) throws Refused {
    String cluster = request.parameter("cluster").orElseThrow();
    if (!clusters.has(cluster)) {
      throw Refused.unknown("no cluster of that name is configured");
    }
    emit(EventName.TIMELINE_ACCEPTED, "cluster", cluster, "by", "control_socket");
    clusters.acceptTimeline(cluster);
    return AdminResponse.json(Map.of("done", true)).now();
  }

  private Readiness readiness() {
    Phase now = phase.now();
    Optional<String> obstacle =
        switch (now) {
          case Phase.Starting _ ->
              Optional.of("starting: the state of at least one cluster has not been read yet");
          case Phase.Serving _ ->
              proxy.serving() ? Optional.empty() : Optional.of("not every listener is bound");
          case Phase.Drained drained ->
              Optional.of(
                  "drained by %s since %s, takes no new sessions"
                      .formatted(drained.by(), Timestamps.text(drained.since())));
          case Phase.Draining draining ->
              Optional.of("draining until " + draining.deadline() + ", takes no new sessions");
          case Phase.Stopping _ -> Optional.of("stopping");
        };
    return new Readiness(now.word(), obstacle);
  }

  /**
   * Once another process is the service, this one logs only what concerns itself and its sessions.
   * What both can see of the clusters, the other one tells.
   */
  private record HandoverEventFilter(EventSink log, BooleanSupplier succeeded)
      implements EventSink {
    private static final List<String> OWN =
        List.of("daemon_", "drain_", "upgrade_", "thread_", "session", "vip_sessions_", "memory_");

    @Override
    public void emit(Event event) {
      if (!succeeded.getAsBoolean() || OWN.stream().anyMatch(event.label()::startsWith)) {
        log.emit(event);
      }
    }
  }
}
