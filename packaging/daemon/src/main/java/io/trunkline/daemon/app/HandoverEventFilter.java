package io.trunkline.daemon.app;

import io.trunkline.routing.Event;
import io.trunkline.routing.EventSink;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Once another process is the service, this one logs only what concerns itself and its sessions.
 * What both can see of the clusters, the other one tells.
 */
record HandoverEventFilter(EventSink log, BooleanSupplier succeeded) implements EventSink {
  private static final List<String> OWN =
      List.of("daemon_", "drain_", "upgrade_", "thread_", "session", "vip_sessions_", "memory_");

  @Override
  public void emit(Event event) {
    if (!succeeded.getAsBoolean() || OWN.stream().anyMatch(event.label()::startsWith)) {
      log.emit(event);
    }
  }
}
