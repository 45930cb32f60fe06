package io.trunkline.proxy;

import io.netty.channel.EventLoop;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The sessions of one event loop, and the way routing tables reach them. Everything but {@link
 * #publish} happens on that loop.
 */
final class SessionLoop {
  private final EventLoop loop;
  private final SessionIds ids;
  private final Map<String, Set<Session>> sessions = new HashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, WriteDecision> told = new ConcurrentHashMap<>();

  SessionLoop(EventLoop loop, SessionIds ids) {
    this.loop = loop;
    this.ids = ids;
  }

  EventLoop eventLoop() {
    return loop;
  }

  /** Takes it in, and gives it its number. */
  long add(Session session, String cluster) {
    assert loop.inEventLoop();
    sessions
        .computeIfAbsent(cluster, _ -> Collections.newSetFromMap(new IdentityHashMap<>()))
        .add(session);
    return ids.next();
  }

  void remove(Session session, String cluster) {
    assert loop.inEventLoop();
    sessions.get(cluster).remove(session);
  }

  void waitBegan() {
    waiting.incrementAndGet();
  }

  void waitEnded() {
    waiting.decrementAndGet();
  }

  /**
   * Called by the writer of the routing tables; wakes the loop only when somebody is concerned. The
   * future tells how many sessions ended because their member has been superseded.
   */
  CompletableFuture<Integer> publish(String cluster, RoutingTable table) {
    WriteDecision before = told.put(cluster, table.write());
    return !table.write().equals(before) || waiting.get() > 0
        ? CompletableFuture.supplyAsync(() -> apply(cluster, table), loop)
        : CompletableFuture.completedFuture(0);
  }

  private int apply(String cluster, RoutingTable table) {
    int superseded = 0;
    for (Session session : of(cluster)) {
      guarded(session, each -> each.onTable(table));
      superseded += session.endedAs(SessionEnd.SUPERSEDED) ? 1 : 0;
    }
    return superseded;
  }

  /** Runs on every session of all clusters. */
  void eachSession(Consumer<Session> action) {
    assert loop.inEventLoop();
    List.copyOf(sessions.keySet())
        .forEach(cluster -> of(cluster).forEach(session -> guarded(session, action)));
  }

  SessionList list(SessionFilter filter, int limit) {
    assert loop.inEventLoop();
    SessionList.Collector collector = new SessionList.Collector(filter, limit);
    sessions.values().forEach(of -> of.forEach(session -> collector.add(session.describe())));
    return collector.list();
  }

  /** A copy: sessions that end remove themselves. */
  private List<Session> of(String cluster) {
    return List.copyOf(sessions.getOrDefault(cluster, Set.of()));
  }

  /** One session that fails must not keep the others from being fenced. */
  private static void guarded(Session session, Consumer<Session> action) {
    try {
      action.accept(session);
    } catch (RuntimeException | OutOfMemoryError e) {
      session.abandon();
    }
  }
}
