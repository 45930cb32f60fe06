package io.trunkline.proxy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.trunkline.routing.RoutingTable;
import java.util.IdentityHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The sessions of all event loops. */
final class SessionLoops {
  private final IdentityHashMap<EventExecutor, SessionLoop> loops = new IdentityHashMap<>();

  SessionLoops(EventLoopGroup group) {
    for (EventExecutor executor : group) {
      loops.put(executor, new SessionLoop((EventLoop) executor));
    }
  }

  SessionLoop of(EventLoop loop) {
    SessionLoop found = loops.get(loop);
    if (found == null) {
      throw new IllegalArgumentException("not one of the proxy's event loops: " + loop);
    }
    return found;
  }

  void publish(String cluster, RoutingTable table) {
    loops.values().forEach(loop -> loop.publish(cluster, table));
  }

  /** Runs on every session, each on its loop; the future completes when all have run. */
  CompletableFuture<Void> eachSession(Consumer<Session> action) {
    return onEach(loop -> loop.eachSession(action));
  }

  /** Runs once on every loop; the future completes when it has. */
  CompletableFuture<Void> onEach(Consumer<SessionLoop> action) {
    return CompletableFuture.allOf(
        loops.values().stream()
            .map(loop -> CompletableFuture.runAsync(() -> action.accept(loop), loop.eventLoop()))
            .toArray(CompletableFuture<?>[]::new));
  }
}
