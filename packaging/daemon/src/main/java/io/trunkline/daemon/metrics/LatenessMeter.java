package io.trunkline.daemon.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.vip.TimerLateness;
import io.trunkline.vip.VipStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How late the timers of VRRP fire. They all run on one thread, so this is about the node. A
 * histogram that somebody else has counted is nothing that Micrometer can register.
 */
final class LatenessMeter implements MultiCollector {
  private static final String NAME = "trunkline_vip_timer_lateness_seconds";

  private final NodeFacts node;

  LatenessMeter(NodeFacts node) {
    this.node = node;
  }

  @Override
  public MetricSnapshots collect() {
    Optional<TimerLateness.Snapshot> lateness =
        node.vips().get().stream().map(VipStatus::lateness).findFirst();
    return lateness
        .map(found -> MetricSnapshots.of(histogram(found), worst(found)))
        .orElseGet(MetricSnapshots::of);
  }

  private static HistogramSnapshot histogram(TimerLateness.Snapshot lateness) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (Map.Entry<Duration, Long> bound : lateness.upTo().entrySet()) {
      buckets.bucket(seconds(bound.getKey()), bound.getValue() - below);
      below = bound.getValue();
    }
    buckets.bucket(Double.POSITIVE_INFINITY, lateness.count() - below);
    return HistogramSnapshot.builder()
        .name(NAME)
        .help("How late VRRP timers fired, all VIPs together")
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(seconds(lateness.sum()))
                .build())
        .build();
  }

  private static GaugeSnapshot worst(TimerLateness.Snapshot lateness) {
    return GaugeSnapshot.builder()
        .name("trunkline_vip_timer_lateness_worst_seconds")
        .help("Largest lateness of a VRRP timer since the daemon started")
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder().value(seconds(lateness.worst())).build())
        .build();
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
