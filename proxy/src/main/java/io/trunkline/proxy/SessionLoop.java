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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The sessions of one event loop, and the way routing tables reach them. Everything but {@link
 * #publish} happens on that loop.
 */
final class SessionLoop {
  private final EventLoop loop;
  private final Map<String, Set<Session>> sessions = new HashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, WriteDecision> told = new ConcurrentHashMap<>();

  SessionLoop(EventLoop loop) {
    this.loop = loop;
  }

  EventLoop eventLoop() {
    return loop;
  }

  void add(Session session, String cluster) {
    assert loop.inEventLoop();
    sessions
        .computeIfAbsent(cluster, _ -> Collections.newSetFromMap(new IdentityHashMap<>()))
        .add(session);
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

  /** Called by the writer of the routing tables; wakes the loop only when somebody is concerned. */
  void publish(String cluster, RoutingTable table) {
    WriteDecision before = told.put(cluster, table.write());
    if (!table.write().equals(before) || waiting.get() > 0) {
      loop.execute(() -> each(cluster, session -> session.onTable(table)));
    }
  }

  /** Runs on every session of all clusters. */
  void eachSession(Consumer<Session> action) {
    assert loop.inEventLoop();
    List.copyOf(sessions.keySet()).forEach(cluster -> each(cluster, action));
  }

  private void each(String cluster, Consumer<Session> action) {
    for (Session session : List.copyOf(sessions.getOrDefault(cluster, Set.of()))) {
      action.accept(session);
    }
  }
}
