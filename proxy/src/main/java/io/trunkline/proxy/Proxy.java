package io.trunkline.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.proxy.tls.Certificates;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** All listeners of this node and the sessions that came in through them. */
public final class Proxy implements AutoCloseable {
  private static final long DRAIN_POLL_MILLIS = 20;
  private static final long STOP_SECONDS = 5;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          Runtime.getRuntime().availableProcessors(),
          new DefaultThreadFactory("trunkline-session"),
          EpollIoHandler.newFactory());
  private final SessionLoops loops = new SessionLoops(group);
  private final List<Listener> listeners = new ArrayList<>();
  private final List<Runnable> subscriptions = new ArrayList<>();
  private final Certificates certificates;
  private final MemoryGate memory = new MemoryGate();

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
    this.certificates = new Certificates(events, clock);
    MemberAddresses addresses = new MemberAddresses(clock);
    Map<String, ClusterGate> gates = new LinkedHashMap<>();
    for (ClusterConfig cluster : config.clusters()) {
      RoutingCell cell = cells.get(cluster.name());
      if (cell == null) {
        throw new IllegalArgumentException("no cell for cluster " + cluster.name());
      }
      gates.put(cluster.name(), ClusterGate.of(cluster, cell));
      Consumer<RoutingTable> reader = table -> loops.publish(cluster.name(), table, events, clock);
      cell.subscribe(reader);
      subscriptions.add(() -> cell.unsubscribe(reader));
    }
    CancelKeys keys = new CancelKeys();
    for (ListenerConfig listener : config.listeners()) {
      Dialer dialer = new Dialer(listener, addresses);
      ListenerStats stats = new ListenerStats();
      listeners.add(
          new Listener(
              new Endpoint(
                  listener,
                  certificates.serverTls(listener),
                  certificates.backendTls(listener),
                  gates.get(listener.cluster()),
                  new Picker(listener, config.zone(), RandomGenerator.getDefault()),
                  new Admission(
                      listener, new ConnectionRates(listener.limits(), System::nanoTime), memory),
                  new Rules(listener.rules()),
                  dialer,
                  new CancelFanOut(dialer, keys, stats),
                  keys,
                  stats,
                  connects,
                  new RefusalLog(listener.name(), events, clock),
                  clock)));
    }
  }

  /**
   * Reads the certificates and binds every listener, or none: at the beginning, or after a {@link
   * #pause}.
   *
   * @throws IOException naming the listener and the file that cannot be used, or the address that
   *     could not be bound, and why
   */
  public void start() throws IOException {
    certificates.start();
    try {
      for (Listener listener : listeners) {
        if (!listener.accepting()) {
          listener.bind(group, loops);
        }
      }
    } catch (IOException e) {
      listeners.forEach(Listener::stopAccepting);
      throw e;
    }
  }

  /** Whether every listener is bound and accepts. */
  public boolean serving() {
    return listeners.stream().allMatch(Listener::accepting);
  }

  /** The addresses that are bound, by listener name. */
  public Map<String, InetSocketAddress> bound() {
    Map<String, InetSocketAddress> bound = new LinkedHashMap<>();
    listeners.stream()
        .filter(Listener::accepting)
        .forEach(l -> bound.put(l.endpoint().listener().name(), l.bound()));
    return bound;
  }

  /** What each listener has done, by listener name. */
  public Map<String, ListenerStats> stats() {
    Map<String, ListenerStats> stats = new LinkedHashMap<>();
    listeners.forEach(l -> stats.put(l.endpoint().listener().name(), l.endpoint().stats()));
    return stats;
  }

  /** Accepts nobody any more until {@link #start} binds again; those who are in go on. */
  public void pause() {
    listeners.forEach(Listener::stopAccepting);
  }

  /**
   * Accepts nobody any more, refuses those who wait for a member, and lets sessions go on until
   * they end or the deadline passes; then the rest ends. The future completes when all have ended.
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    listeners.forEach(Listener::stopAccepting);
    loops.eachSession(Session::drain);
    CompletableFuture<Void> drained = new CompletableFuture<>();
    long end = System.nanoTime() + deadline.toNanos();
    awaitDrained(drained, end, false);
    return drained;
  }

  private void awaitDrained(CompletableFuture<Void> drained, long end, boolean ending) {
    if (listeners.stream().allMatch(listener -> listener.endpoint().stats().connections() == 0)) {
      drained.complete(null);
      return;
    }
    boolean late = System.nanoTime() - end >= 0;
    if (late && !ending) {
      loops.eachSession(session -> session.end(SessionEnd.DRAINED));
    }
    group
        .next()
        .schedule(() -> awaitDrained(drained, end, late), DRAIN_POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Ends the sessions that came in through those addresses of this node. The future completes when
   * they have been told, with how many they were.
   */
  public CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses) {
    Set<InetAddress> lost = Set.copyOf(addresses);
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
    subscriptions.forEach(Runnable::run);
    listeners.forEach(Listener::stopAccepting);
    loops.eachSession(session -> session.end(SessionEnd.DRAINED));
    group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    certificates.close();
  }
}
