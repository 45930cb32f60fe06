package io.trunkline.daemon.app;

import io.trunkline.routing.ClusterView;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import io.trunkline.routing.WriteRouting;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Turns each view of one cluster into a routing table, publishes it, and has it told. */
final class RoutingPublisher implements Consumer<ClusterView> {
  private final RoutingCell cell = new RoutingCell();
  private final CompletableFuture<Void> seen = new CompletableFuture<>();
  private volatile WriteRouting routing;
  private volatile DecisionEventLog eventLog;

  RoutingPublisher(WriteRouting routing, DecisionEventLog eventLog) {
    this.routing = routing;
    this.eventLog = eventLog;
  }

  /** Decides by these rules from the next view on. */
  void decideBy(WriteRouting changed) {
    routing = changed;
  }

  /** Tells it in that way from the next view on. */
  void tellBy(DecisionEventLog changed) {
    eventLog = changed;
  }

  /** Runs on the source's one thread: the cell's single writer. */
  @Override
  public void accept(ClusterView view) {
    Optional<RoutingTable> before = cell.current();
    RoutingTable now = RoutingTable.next(view, before, routing);
    cell.publish(now);
    eventLog.tell(before, now);
    if (now.write().reason() != WriteReason.STARTING) {
      seen.complete(null);
    }
  }

  RoutingCell cell() {
    return cell;
  }

  /** Completes with the first view that tells enough to decide where writes go. */
  CompletableFuture<Void> seen() {
    return seen;
  }
}
