package io.trunkline.daemon.app;

import io.trunkline.config.ListenerConfig;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingTable;
import java.util.List;
import java.util.Optional;

/** Tells what changed from one routing table to the next. */
final class DecisionEventLog {
  private final WriteEventLog writes;
  private final List<ReadEventLog> reads;

  /**
   * @param readListeners the cluster's listeners that never go to the primary, and those that go to
   *     poolers
   */
  DecisionEventLog(List<ListenerConfig> readListeners, EventSink events) {
    this.writes = new WriteEventLog(events);
    this.reads =
        readListeners.stream().map(listener -> new ReadEventLog(listener, events)).toList();
  }

  void tell(Optional<RoutingTable> before, RoutingTable now) {
    writes.tell(before, now);
    reads.forEach(log -> log.tell(now));
  }
}
