package io.trunkline.daemon.app;

import io.trunkline.daemon.admin.AdminPages;
import io.trunkline.proxy.Proxy;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionList;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** The proxy's sessions, and what is logged of those that an operator ends. */
record ProxySessions(Proxy proxy, EventSink events, InstantSource clock)
    implements AdminPages.SessionControl {
  @Override
  public CompletableFuture<SessionList> list(SessionFilter filter, int limit) {
    return proxy.sessions(filter, limit);
  }

  @Override
  public CompletableFuture<Integer> end(SessionFilter filter) {
    return proxy
        .endSessions(filter)
        .whenComplete(
            (count, failure) -> {
              if (failure == null) {
                told(filter, count);
              }
            });
  }

  private void told(SessionFilter filter, int count) {
    events.emit(
        Event.of(
            clock.instant(),
            EventName.SESSIONS_ENDED,
            "reason",
            SessionEnd.ENDED_BY_OPERATOR.label(),
            "count",
            count,
            "filter",
            filter));
  }
}
