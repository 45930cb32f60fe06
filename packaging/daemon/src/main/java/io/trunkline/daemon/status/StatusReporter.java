package io.trunkline.daemon.status;

import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the status report of this moment. */
public final class StatusReporter {
  private final NodeFacts node;

  public StatusReporter(NodeFacts node) {
    this.node = node;
  }

  /** What holds now. */
  public StatusReport report() {
    Instant now = node.clock().instant();
    Readiness readiness = node.readiness().get();
    ClusterReporter clusters = new ClusterReporter(node, now);
    return new StatusReport(
        node.config().node(),
        node.version(),
        Timestamps.text(now),
        Timestamps.text(node.startedAt()),
        Timestamps.seconds(Duration.between(node.startedAt(), now)),
        readiness.phase(),
        readiness.ready(),
        readiness.obstacle().orElse(null),
        node.drain().get(),
        node.predecessor().get().orElse(null),
        node.config().clusters().stream().map(clusters::report).toList(),
        listeners(),
        node.vips().get().stream().map(VipReport::of).toList());
  }

  private List<ListenerReport> listeners() {
    Map<String, InetSocketAddress> bound = node.bound().get();
    Map<String, ListenerStats> stats = node.stats().get();
    return node.config().listeners().stream()
        .map(listener -> listener(listener, bound.get(listener.name()), stats.get(listener.name())))
        .toList();
  }

  private static ListenerReport listener(
      ListenerConfig listener, @Nullable InetSocketAddress bound, @Nullable ListenerStats stats) {
    Optional<ListenerStats> known = Optional.ofNullable(stats);
    return new ListenerReport(
        listener.name(),
        bound == null ? null : Addresses.text(bound),
        listener.cluster(),
        listener.route().label(),
        listener.fallback().map(RouteKind::label).orElse(null),
        known.map(ListenerStats::connections).orElse(0),
        known.map(ListenerStats::queued).orElse(0),
        known.map(it -> it.kept().detachedNow()).orElse(0),
        known.map(it -> it.kept().census().kept()).orElse(0),
        known.map(StatusReporter::notKept).orElse(Map.of()),
        known.map(ListenerStats::accepted).orElse(0L),
        known.map(ListenerStats::dialFailures).orElse(0L),
        known.map(ListenerStats::bytesFromClients).orElse(0L),
        known.map(ListenerStats::bytesToClients).orElse(0L),
        known.map(StatusReporter::ends).orElse(Map.of()),
        known.map(ListenerStats::sessions).orElse(Map.of()));
  }

  private static Map<String, Integer> notKept(ListenerStats stats) {
    Map<String, Integer> occurring = new TreeMap<>();
    stats.kept().census().pinned().forEach((reason, count) -> occurring.put(reason.label(), count));
    return occurring;
  }

  private static Map<String, Long> ends(ListenerStats stats) {
    Map<String, Long> occurred = new TreeMap<>();
    for (Map.Entry<SessionEnd, Long> end : stats.ends().entrySet()) {
      if (end.getValue() > 0) {
        occurred.put(end.getKey().label(), end.getValue());
      }
    }
    return occurred;
  }
}
