package io.trunkline.daemon.app;

import io.trunkline.config.ListenerConfig;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingTable;
import java.util.List;
import java.util.Optional;

/** Tells what changed from one routing table to the next, so that a failover reads as a story. */
final class DecisionNarrator {
  private final WriteStory writes;
  private final List<ReadStory> reads;

  /**
   * @param readListeners the cluster's listeners that never go to the primary, and those that go to
   *     poolers
   */
  DecisionNarrator(List<ListenerConfig> readListeners, EventSink events) {
    this.writes = new WriteStory(events);
    this.reads = readListeners.stream().map(listener -> new ReadStory(listener, events)).toList();
  }

  void tell(Optional<RoutingTable> before, RoutingTable now) {
    writes.tell(before, now);
    reads.forEach(story -> story.tell(now));
  }
}
