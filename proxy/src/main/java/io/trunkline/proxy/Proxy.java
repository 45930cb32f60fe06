package io.trunkline.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import io.trunkline.config.HostResolver;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.Validity;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.admission.ConnectionRates;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.auth.AuthQueries;
import io.trunkline.proxy.backend.BackendContext;
import io.trunkline.proxy.backend.CancelTarget;
import io.trunkline.proxy.backend.ClusterContext;
import io.trunkline.proxy.backend.ClusterContexts;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.backend.LoginStats;
import io.trunkline.proxy.backend.MemberCheck;
import io.trunkline.proxy.backend.VerifierSource;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.listener.InheritedSockets;
import io.trunkline.proxy.listener.Listener;
import io.trunkline.proxy.listener.Listeners;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.session.Session;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionIo;
import io.trunkline.proxy.session.SessionList;
import io.trunkline.proxy.session.SessionLoops;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.RefusalLog;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.proxy.tls.Certificates;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingCell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** All listeners of this node and the sessions that came in through them. */
public final class Proxy implements AutoCloseable {
  private static final long DRAIN_POLL_MILLIS = 20;
  private static final long STOP_SECONDS = 5;

  /** The part of the heap that what sessions have to be restored with may take. */
  private static final int STATES = 4;

  /** How long clients may take the last of what was sent to them once a drain is over. */
  private static final long LAST_BYTES_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** All event loops use it. */
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private final EventLoopGroup group;
  private final SessionLoops loops;
  private final Listeners listeners;
  private final MemoryGate memory = new MemoryGate();
  private final Descriptors descriptors;
  private final EventSink events;
  private final InstantSource clock;
  private final RelayMemory relayed;
  private final StateMemory states;
  private final Certificates certificates;
  private final ClusterContexts clusterContexts;
  private final ConnectObserver connects;
  private final HostResolver hosts;
  private final Map<CancelKey, CancelTarget> cancelKeys = new ConcurrentHashMap<>();
  private final List<ListenerStats> retired = new CopyOnWriteArrayList<>();
  private Optional<String> zone;

  /**
   * @param config which listeners there are
   * @param cells where each cluster's routing tables are published, by cluster name
   * @param connects is told what dialling members comes to
   * @param events is told what happens to sessions
   * @param clock the time
   */
  public Proxy(
      TrunklineConfig config,
      Map<String, RoutingCell> cells,
      ConnectObserver connects,
      EventSink events,
      InstantSource clock) {
    this(
        config,
        cells,
        connects,
        events,
        clock,
        Descriptors.ofProcess(),
        new StateMemory(Runtime.getRuntime().maxMemory() / STATES));
  }

  Proxy(
      TrunklineConfig config,
      Map<String, RoutingCell> cells,
      ConnectObserver connects,
      EventSink events,
      InstantSource clock,
      Descriptors descriptors,
      StateMemory states) {
    this.descriptors = descriptors;
    this.states = states;
    this.events = events;
    this.clock = clock;
    SessionIo.Factory io = new SessionIo.Factory();
    this.group =
        new MultiThreadIoEventLoopGroup(
            config.threads().orElseGet(Runtime.getRuntime()::availableProcessors),
            new DefaultThreadFactory("trunkline-session"),
            io);
    this.loops = new SessionLoops(group, io);
    this.listeners = new Listeners(group, loops);
    this.certificates = new Certificates(events, clock);
    this.clusterContexts =
        new ClusterContexts(
            (cluster, cell, table) -> loops.publish(cluster, cell, table, events, clock),
            events,
            clock);
    this.relayed = new RelayMemory(relayLimit(config));
    this.connects = connects;
    this.hosts = new HostResolver(clock);
    this.zone = config.zone();
    Map<String, ClusterContext> clusters = clusterContexts.plan(config.clusters(), cells);
    clusterContexts.commit(clusters);
    listeners.begin(
        config.listeners().stream()
            .map(listener -> make(listener, clusters, zone, Optional.empty()))
            .toList());
  }

  /**
   * Goes over to another configuration. Sessions stay as they are, with the settings they began
   * with, unless their cluster is gone, also when its name stands for another one now: then they
   * end.
   *
   * @param cells of the clusters in it; a cluster that stays keeps the cell that it had
   * @throws IOException naming the listener and what is wrong with it; then everything is as it was
   */
  public synchronized void apply(TrunklineConfig config, Map<String, RoutingCell> cells)
      throws IOException {
    Map<String, ListenerContext> before = new LinkedHashMap<>();
    listeners.all().forEach(it -> before.put(it.context().config().name(), it.context()));
    Map<String, ClusterContext> clusters = clusterContexts.plan(config.clusters(), cells);
    List<ListenerContext> made = new ArrayList<>();
    List<ListenerContext> next = new ArrayList<>();
    for (ListenerConfig listener : config.listeners()) {
      Optional<ListenerContext> old = Optional.ofNullable(before.get(listener.name()));
      ClusterContext context = clusters.get(listener.cluster());
      if (config.zone().equals(zone)
          && old.filter(it -> it.serves(listener, context)).isPresent()) {
        next.add(old.get());
      } else {
        made.add(make(listener, clusters, config.zone(), old));
        next.add(made.getLast());
      }
    }
    try {
      certificates.start();
      listeners.apply(next);
    } catch (IOException e) {
      made.forEach(it -> certificates.retire(it.tls(), it.backends().tls()));
      throw e;
    }
    zone = config.zone();
    relayed.limit(relayLimit(config));
    Set<String> gone = clusterContexts.commit(clusters);
    before.values().removeAll(next);
    before.values().forEach(this::retire);
    if (!gone.isEmpty()) {
      var _ =
          endSessions(
              session -> gone.contains(session.cluster().name()) && !current(session, clusters),
              SessionEnd.CLUSTER_REMOVED);
    }
  }

  /** Whether it began with the cluster as it is now. */
  @SuppressWarnings("ReferenceEquality") // an equal one may have stood for another cluster between
  private static boolean current(Session session, Map<String, ClusterContext> clusters) {
    return clusters.get(session.cluster().name()) == session.cluster();
  }

  /** Half of what there is: the rest is for TLS, and what else needs buffers. */
  private static long relayLimit(TrunklineConfig config) {
    long buffers = PlatformDependent.maxDirectMemory();
    return Math.min(buffers, config.memoryLimit().orElse(buffers)) / 2;
  }

  /**
   * @param where this node is
   * @param before what the listener of that name was until now; its counts go on
   */
  private ListenerContext make(
      ListenerConfig listener,
      Map<String, ClusterContext> clusters,
      Optional<String> where,
      Optional<ListenerContext> before) {
    Dialer dialer = new Dialer(listener, hosts, descriptors, relayed);
    ListenerStats stats = before.map(ListenerContext::stats).orElseGet(ListenerStats::new);
    ConnectionRates rates = new ConnectionRates(listener.limits(), System::nanoTime);
    ClusterContext cluster = Objects.requireNonNull(clusters.get(listener.cluster()));
    Optional<BackendTls> backendTls = certificates.backendTls(listener);
    return new ListenerContext(
        certificates.serverTls(listener),
        new BackendContext(
            listener,
            backendTls,
            cluster,
            new Picker(listener, where, RANDOM),
            dialer,
            cancelKeys,
            stats,
            relayed,
            states,
            connects,
            new MemberCheck(dialer),
            verifiers(listener, cluster, dialer, backendTls),
            clock,
            RANDOM),
        before
            .map(it -> it.admission().after(listener, rates))
            .orElseGet(() -> new Admission(listener, rates, memory, descriptors)),
        new Rules(listener.rules()),
        new CancelFanOut(dialer, cancelKeys, stats),
        new RefusalLog(listener.name(), events, clock));
  }

  /** A pooler logs in on its own. */
  private Optional<VerifierSource> verifiers(
      ListenerConfig listener, ClusterContext cluster, Dialer dialer, Optional<BackendTls> tls) {
    return cluster
        .config()
        .auth()
        .filter(_ -> listener.target() != DialTarget.PROXY_URL)
        .map(auth -> new AuthQueries(auth, dialer, tls, group.next(), Thread::startVirtualThread));
  }

  /** Its sessions go on, and are counted until they have ended. */
  private void retire(ListenerContext context) {
    certificates.retire(context.tls(), context.backends().tls());
    retired.removeIf(stats -> stats.connections() == 0);
    retired.add(context.stats());
  }

  /**
   * Reads the certificates and binds every listener, or none: at the beginning, or after a {@link
   * #pause}.
   *
   * @throws IOException naming the listener and the file that cannot be used, or the address that
   *     could not be bound, and why
   */
  public void start() throws IOException {
    start(InheritedSockets.none());
  }

  /**
   * As {@link #start()}, with sockets that the former process of this node has left.
   *
   * @throws IOException as there
   */
  public void start(InheritedSockets inherited) throws IOException {
    certificates.start();
    listeners.bind(inherited);
    long wanted =
        listeners.all().stream()
            .mapToLong(it -> it.context().config().limits().maxConnections())
            .sum();
    descriptors.tell(wanted, events, clock);
  }

  /** The listening sockets, for another process of this node; they stay this one's, too. */
  public Map<HostPort, FileDescriptor> sockets() {
    return listeners.descriptors();
  }

  /** Until when the certificates are valid that listeners use. */
  public List<Validity> validities() {
    return certificates.validities();
  }

  /** Whether every listener is bound and accepts. */
  public boolean serving() {
    return listeners.all().stream().allMatch(Listener::accepting);
  }

  /** The addresses that are bound, by listener name. */
  public Map<String, InetSocketAddress> bound() {
    Map<String, InetSocketAddress> bound = new LinkedHashMap<>();
    listeners.all().stream()
        .filter(Listener::accepting)
        .forEach(l -> bound.put(l.context().config().name(), l.bound()));
    return bound;
  }

  /** What each listener has done, by listener name. */
  public Map<String, ListenerStats> stats() {
    Map<String, ListenerStats> stats = new LinkedHashMap<>();
    listeners.all().forEach(l -> stats.put(l.context().config().name(), l.context().stats()));
    return stats;
  }

  /** The logins of this process at the members of each cluster, by the names of both. */
  public Map<String, Map<String, LoginStats>> logins() {
    return clusterContexts.logins();
  }

  /** Accepts nobody any more until {@link #start} binds again; those who are in go on. */
  public void pause() {
    listeners.stopAccepting();
  }

  /**
   * Accepts nobody any more, because another process of this node does. Those who are in, also
   * those who wait for a member, go on until they end or the deadline passes; then the rest ends.
   * The future completes when all have ended, and their clients have taken what was sent to them;
   * those that do not have a second after the deadline.
   */
  public CompletableFuture<Void> retire(Duration deadline) {
    listeners.stopAccepting();
    CompletableFuture<Void> empty = new CompletableFuture<>();
    awaitDrained(empty, System.nanoTime() + deadline.toNanos(), false);
    return empty;
  }

  /** How many connections there are, of former listeners, too. */
  public int connections() {
    return Stream.concat(stats().values().stream(), retired.stream())
        .mapToInt(ListenerStats::connections)
        .sum();
  }

  /**
   * Accepts nobody any more, refuses those who wait for a member, and lets sessions go on until
   * they end or the deadline passes; then the rest ends. The future completes when all have ended.
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    listeners.stopAccepting();
    loops.eachSession(Session::drain);
    return retire(deadline);
  }

  private void awaitDrained(CompletableFuture<Void> drained, long end, boolean ending) {
    long left = end - System.nanoTime();
    boolean late = left <= 0;
    if (connections() == 0 && (loops.lastBytes().clients() == 0 || left < -LAST_BYTES_NANOS)) {
      drained.complete(null);
      return;
    }
    if (late && !ending) {
      loops.eachSession(session -> session.end(SessionEnd.DRAINED));
    }
    group
        .next()
        .schedule(() -> awaitDrained(drained, end, late), DRAIN_POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Whoever comes in through those addresses of this node from now on is served, as is the rule.
   */
  public void admitThrough(Collection<InetAddress> addresses) {
    loops.lost().removeAll(addresses);
  }

  /**
   * Whoever comes in through those addresses of this node from now on is told that they are lost,
   * until they are {@link #admitThrough admitted} again.
   */
  public void refuseThrough(Collection<InetAddress> addresses) {
    loops.lost().addAll(addresses);
  }

  /**
   * Ends the sessions that came in through those addresses of this node. The future completes when
   * they have been told, with how many they were. So that none is missed that comes meanwhile, they
   * are to be {@link #refuseThrough refused} before.
   */
  public CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses) {
    Set<InetAddress> lost = Set.copyOf(addresses);
    var _ = loops.onEach(loop -> loop.endAwaitingHeader(lost));
    return endSessions(session -> session.cameThrough(lost), SessionEnd.VIP_LOST);
  }

  /** The oldest sessions that are meant, at most so many, and how many there are. */
  public CompletableFuture<SessionList> sessions(SessionFilter filter, int limit) {
    return loops.list(filter, limit);
  }

  /**
   * Ends the sessions that are meant, at an operator's wish. The future completes when they have
   * been told, with how many they were.
   */
  public CompletableFuture<Integer> endSessions(SessionFilter filter) {
    return endSessions(session -> filter.matches(session.describe()), SessionEnd.ENDED_BY_OPERATOR);
  }

  private CompletableFuture<Integer> endSessions(Predicate<Session> meant, SessionEnd reason) {
    AtomicInteger ended = new AtomicInteger();
    return loops
        .eachSession(
            session -> {
              if (meant.test(session)) {
                ended.incrementAndGet();
                session.end(reason);
              }
            })
        .thenApply(_ -> ended.get());
  }

  /** Bytes that wait to be relayed, of all sessions. */
  public long waitingBytes() {
    return relayed.used();
  }

  /** How many there may be. */
  public long waitingBytesLimit() {
    return relayed.limit();
  }

  /** Bytes that what sessions have to be restored with takes. */
  public long stateBytes() {
    return states.used();
  }

  /** Decides whether there is memory for new connections. */
  public MemoryGate memory() {
    return memory;
  }

  /** Completes when every session loop has come to it: never while one of them hangs. */
  public CompletableFuture<Void> turn() {
    return loops.onEach(_ -> {});
  }

  /** Ends everything at once. */
  @Override
  public void close() {
    clusterContexts.close();
    listeners.stopAccepting();
    await(loops.eachSession(session -> session.end(SessionEnd.DRAINED)));
    // Netty (4.2.18) forgets to, if a loop is told to stop in the middle of a round.
    await(loops.closeConnections());
    group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    certificates.close();
  }

  /** Not for ever: a loop may hang. */
  private static void await(CompletableFuture<Void> done) {
    done.orTimeout(STOP_SECONDS, TimeUnit.SECONDS).exceptionally(_ -> null).join();
  }
}
