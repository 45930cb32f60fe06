package io.trunkline.proxy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.trunkline.routing.RoutingTable;
import java.util.IdentityHashMap;
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

  void eachSession(Consumer<Session> action) {
    loops.values().forEach(loop -> loop.eventLoop().execute(() -> loop.eachSession(action)));
  }
}
