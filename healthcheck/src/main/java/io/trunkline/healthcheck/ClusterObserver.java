package io.trunkline.healthcheck;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostResolver;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SslMode;
import io.trunkline.config.Validity;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.dcs.DcsSource;
import io.trunkline.healthcheck.dcs.DcsState;
import io.trunkline.healthcheck.dcs.etcd.EtcdSource;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.healthcheck.rest.Discovery;
import io.trunkline.healthcheck.rest.HttpProbe;
import io.trunkline.healthcheck.rest.Prober;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.rest.RestClient;
import io.trunkline.healthcheck.rest.RestRecord;
import io.trunkline.healthcheck.rest.RestReply;
import io.trunkline.healthcheck.sentinel.Sentinel;
import io.trunkline.healthcheck.sentinel.SentinelDialer;
import io.trunkline.healthcheck.sentinel.SentinelRecord;
import io.trunkline.healthcheck.timeline.TimelineStore;
import io.trunkline.healthcheck.timeline.TimelineTracker;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Watches one cluster and is the single writer of its view.
 *
 * <p>All state is owned by one event loop; views are delivered there: on every change, and every
 * 100 ms, or every 200 ms while etcd is confirmed, the leader takes writes and every member
 * answers. What blocks (files, name resolution, jetcd's locks) happens on other threads.
 */
public final class ClusterObserver implements ClusterSource {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration ATTACH = Duration.ofSeconds(5);
  private static final Duration REWRITE = Duration.ofSeconds(10);
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final ClusterConfig config;
  private final Scope scope;
  private final InstantSource clock;
  private final Instant startedAt;
  private final Journal journal;
  private final Consumer<ClusterView> views;
  private final ObserverPlatform platform;
  private final EventLoop loop;
  private final Optional<ClientTls> etcdTls;
  private final Optional<ClientTls> sentinelTls;
  private final List<ClientTls> tls;
  private final TimelineStore marks;
  private final ConnectInbox sessions;
  private final Observation observation;
  private final Discovery discovery;
  private @Nullable DcsSource dcs;
  private volatile boolean etcdMade;
  private boolean attached;
  private boolean closed;
  private boolean consumerFailed;

  /**
   * @param config the cluster
   * @param stateDir where the timeline mark is kept across restarts
   * @param clock a steady one, such as {@link io.trunkline.routing.MonotonicClock}
   * @param events takes what is worth telling
   * @param views takes views, on the observer's loop
   */
  public ClusterObserver(
      ClusterConfig config,
      Path stateDir,
      InstantSource clock,
      EventSink events,
      Consumer<ClusterView> views) {
    this(config, clock, events, views, ObserverPlatform.of(config, stateDir, clock));
  }

  /**
   * As above, on something else than this machine.
   *
   * @param platform what it runs on
   */
  public ClusterObserver(
      ClusterConfig config,
      InstantSource clock,
      EventSink events,
      Consumer<ClusterView> views,
      ObserverPlatform platform) {
    this.config = config;
    this.scope = Scope.of(config.scope());
    this.clock = clock;
    this.startedAt = clock.instant();
    this.journal = new Journal(config.name(), clock, events);
    this.views = views;
    this.platform = platform;
    this.loop = platform.group().next();
    ClientTls restTls = restTls(config, Optional.of(journal));
    this.etcdTls = config.etcd().flatMap(etcd -> EtcdSource.tls(etcd, Optional.of(journal)));
    this.sentinelTls = config.sentinel().flatMap(it -> sentinelTls(it, Optional.of(journal)));
    this.tls =
        Stream.of(Optional.of(restTls), etcdTls, sentinelTls).flatMap(Optional::stream).toList();
    this.marks = platform.timelines().apply(journal);
    Connector connector = new Connector(loop, platform.channels(), new HostResolver(clock));
    HttpProbe probe = new RestClient(loop, connector, restTls, config.patroni().timeout(), clock);
    this.discovery =
        new Discovery(
            config.patroni().hosts(),
            scope,
            probe,
            config.patroni().timeout(),
            loop,
            clock,
            journal,
            this::onDiscovery);
    this.observation =
        new Observation(
            config.name(),
            config.etcd().isPresent(),
            loop,
            clock,
            platform.wall(),
            this::deliver,
            new DcsState(journal),
            new TimelineTracker(journal),
            new MemberRegistry(
                journal,
                (member, api) -> prober(probe, member, api),
                config.sentinel().map(wanted -> sentinels(wanted, connector))),
            discovery,
            marks::write);
    this.sessions = new ConnectInbox(this::execute, clock, observation);
  }

  static ClientTls restTls(ClusterConfig config, Optional<Journal> journal) {
    SslMode mode = config.patroni().verify().sslMode();
    return new ClientTls("patroni", mode, config.patroni().tls(), journal);
  }

  /** Empty where sentinels want none. */
  static Optional<ClientTls> sentinelTls(SentinelConfig config, Optional<Journal> journal) {
    return Optional.of(config.tls())
        .filter(wanted -> wanted.mode() != SslMode.DISABLE)
        .map(wanted -> new ClientTls("sentinel", wanted.mode(), wanted.files(), journal));
  }

  @Override
  public void start() {
    var _ =
        loop.scheduleAtFixedRate(
            () -> guarded(observation::tick), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        loop.scheduleWithFixedDelay(
            () -> guarded(marks::retry),
            REWRITE.toMillis(),
            REWRITE.toMillis(),
            TimeUnit.MILLISECONDS);
    platform
        .workers()
        .execute(
            () -> {
              TimelineTracker.Saved saved = marks.read();
              execute(() -> observation.restore(saved));
              attach();
            });
  }

  @Override
  public List<Validity> validities() {
    return tls.stream().flatMap(each -> each.validities().stream()).toList();
  }

  @Override
  public void acceptTimeline() {
    execute(observation::acceptTimeline);
  }

  @Override
  public void connected(String member) {
    sessions.connected(member);
  }

  @Override
  public void failed(String member, String failure) {
    sessions.failed(member, failure);
  }

  @Override
  public void standbySeen(String member) {
    sessions.standbySeen(member);
  }

  @Override
  public void close() {
    execute(
        () -> {
          closed = true;
          observation.close();
          if (dcs != null) {
            dcs.close();
          }
        });
    EventLoopGroup group = platform.group();
    var _ = group.shutdownGracefully(0, CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    if (!loop.inEventLoop()) {
      group.terminationFuture().awaitUninterruptibly(CLOSING.toMillis());
    }
    ExecutorService workers = platform.workers();
    workers.shutdown(); // the timeline file may be being written
    try {
      var _ = workers.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.shutdownNow();
  }

  /** Reads certificates and makes clients, off the loop; looks again now and then. */
  private void attach() {
    boolean changed = false;
    for (ClientTls each : tls) {
      changed |= each.refresh();
    }
    if (changed) {
      execute(observation::changed);
    }
    Optional<String> broken = etcdTls.flatMap(ClientTls::failure);
    Optional<DcsSource> opened =
        config.etcd().filter(_ -> broken.isEmpty() && !etcdMade).map(this::open);
    etcdMade |= opened.isPresent();
    execute(() -> attached(opened, broken));
  }

  private DcsSource open(EtcdConfig etcd) {
    return platform.etcd().open(etcd, etcdTls, loop, this::execute, journal, observation);
  }

  private void attached(Optional<DcsSource> opened, Optional<String> broken) {
    if (closed) {
      opened.ifPresent(DcsSource::close);
      return;
    }
    if (opened.isPresent()) {
      dcs = opened.get();
      dcs.start();
    }
    if (!attached) {
      attached = true;
      observation.onDiscovery();
      discovery.start();
    }
    broken.ifPresent(
        reason -> observation.onHealth(new DcsHealth.Lost(Instant.MIN, startedAt, reason)));
    var _ =
        loop.schedule(
            () -> platform.workers().execute(this::attach),
            ATTACH.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private Prober prober(HttpProbe probe, String member, ApiUrl api) {
    return new Prober(
        api,
        probe,
        loop,
        clock,
        config.patroni().interval(),
        config.patroni().timeout(),
        reply -> judge(member, reply),
        new RestRecord(member, journal),
        () -> guarded(() -> observation.onRest(member)));
  }

  private MemberRegistry.SentinelFactory sentinels(SentinelConfig wanted, Connector connector) {
    SentinelDialer dialer =
        new SentinelDialer(wanted, loop, connector, sentinelTls, platform.workers(), clock);
    return (member, address) ->
        new Sentinel(
            address,
            dialer,
            loop,
            clock,
            new SentinelRecord(member, journal),
            () -> guarded(observation::changed));
  }

  private RestBody judge(String member, RestReply.Answered reply) throws JunkException {
    RestBody body = RestBody.parse(reply, scope);
    if (!discovery.isUnnamed(member)
        && body.name().isPresent()
        && !body.name().get().equals(member)) {
      throw new JunkException("answers as member " + body.name().get());
    }
    Optional<String> system = observation.systemId();
    if (system.isPresent() && body.systemId().isPresent() && !body.systemId().equals(system)) {
      throw new JunkException("has the system identifier " + body.systemId().get());
    }
    return body;
  }

  private void onDiscovery() {
    guarded(observation::onDiscovery);
  }

  private void deliver(ClusterView view) {
    if (closed) {
      return;
    }
    try {
      views.accept(view);
      consumerFailed = false;
    } catch (RuntimeException | Error e) {
      if (!consumerFailed) {
        consumerFailed = true;
        journal.tell(EventName.VIEW_NOT_TAKEN, "reason", e);
      }
    }
  }

  private void execute(Runnable task) {
    try {
      loop.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      // closed: nobody is interested any more
    }
  }

  /** A defect in one evaluation must not end observation. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      journal.tell(EventName.OBSERVATION_FAILED, "reason", e, "at", origin(e));
    }
  }

  private static String origin(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? "unknown" : trace[0].toString();
  }
}
