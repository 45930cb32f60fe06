package io.trunkline.proxy.session;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.trunkline.proxy.relay.LingeringClients;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The sessions of all event loops. */
public final class SessionLoops {
  private final IdentityHashMap<EventExecutor, SessionLoop> loops = new IdentityHashMap<>();
  private final Set<InetAddress> lost = ConcurrentHashMap.newKeySet();
  private final LingeringClients lastBytes = new LingeringClients();
  private final SessionIo.Factory io;

  /**
   * @param io what the loops of that group were made with
   */
  public SessionLoops(EventLoopGroup group, SessionIo.Factory io) {
    this.io = io;
    List<EventExecutor> executors = new ArrayList<>();
    group.forEach(executors::add);
    for (EventExecutor executor : executors) {
      loops.put(
          executor,
          new SessionLoop(
              (EventLoop) executor,
              io.of(executor),
              loops.size() + 1,
              executors.size(),
              lost,
              lastBytes));
    }
  }

  /**
   * The addresses that this node lets go or has let go. Who comes in through them is not served:
   * they may be another node's in the next moment, and what a client has sent here by then it would
   * send nowhere again.
   */
  public Set<InetAddress> lost() {
    return lost;
  }

  /** The clients that have still to take something, though their session has ended. */
  public LingeringClients lastBytes() {
    return lastBytes;
  }

  /** The sessions of that event loop. */
  public SessionLoop of(EventLoop loop) {
    SessionLoop found = loops.get(loop);
    if (found == null) {
      throw new IllegalArgumentException("not one of the proxy's event loops: " + loop);
    }
    return found;
  }

  /** Lets every loop apply the table, and tells once how many sessions it ended. */
  public void publish(
      String cluster, RoutingCell cell, RoutingTable table, EventSink events, InstantSource clock) {
    List<CompletableFuture<Integer>> applied =
        loops.values().stream().map(loop -> loop.publish(cell, table)).toList();
    var _ =
        CompletableFuture.allOf(applied.toArray(CompletableFuture<?>[]::new))
            .thenRun(
                () -> {
                  int ended = applied.stream().mapToInt(CompletableFuture::join).sum();
                  if (ended > 0) {
                    events.emit(superseded(cluster, table, ended, clock));
                  }
                });
  }

  private static Event superseded(
      String cluster, RoutingTable table, int ended, InstantSource clock) {
    Instant now = clock.instant();
    return Event.of(
        now,
        EventName.SESSIONS_ENDED,
        "cluster",
        cluster,
        "reason",
        SessionEnd.SUPERSEDED.label(),
        "count",
        ended,
        "after_ms",
        Duration.between(table.view().at(), now).toMillis());
  }

  /** The oldest sessions that are meant, at most so many, and how many there are. */
  public CompletableFuture<SessionList> list(SessionFilter filter, int limit) {
    List<CompletableFuture<SessionList>> lists =
        loops.values().stream()
            .map(
                loop ->
                    CompletableFuture.supplyAsync(() -> loop.list(filter, limit), loop.eventLoop()))
            .toList();
    return CompletableFuture.allOf(lists.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ -> SessionList.merged(lists.stream().map(CompletableFuture::join).toList(), limit));
  }

  /** Runs on every session, each on its loop; the future completes when all have run. */
  public CompletableFuture<Void> eachSession(Consumer<Session> action) {
    return onEach(loop -> loop.eachSession(action));
  }

  /** Closes every connection; the future completes when that has happened. */
  public CompletableFuture<Void> closeConnections() {
    return onEach(loop -> io.of(loop.eventLoop()).prepareToDestroy());
  }

  /** Runs once on every loop; the future completes when it has. */
  public CompletableFuture<Void> onEach(Consumer<SessionLoop> action) {
    return CompletableFuture.allOf(
        loops.values().stream()
            .map(loop -> CompletableFuture.runAsync(() -> action.accept(loop), loop.eventLoop()))
            .toArray(CompletableFuture<?>[]::new));
  }
}
