package io.trunkline.daemon.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.trunkline.config.DurationHistogram;
import io.trunkline.config.ListenerConfig;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.proxy.stats.KeptStats;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.vip.VipStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long things took. A histogram that somebody else has counted is nothing that Micrometer can
 * register.
 */
final class HistogramMeters implements MultiCollector {
  private final NodeFacts node;

  HistogramMeters(NodeFacts node) {
    this.node = node;
  }

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> all = new ArrayList<>();
    lateness(all);
    sessions(all);
    return new MetricSnapshots(all);
  }

  /** The timers of VRRP all run on one thread, so this is about the node. */
  private void lateness(List<MetricSnapshot> all) {
    Optional<DurationHistogram.Snapshot> lateness =
        node.vips().get().stream().map(VipStatus::lateness).findFirst();
    lateness.ifPresent(
        found -> {
          all.add(
              histogram(
                  "trunkline_vip_timer_lateness_seconds",
                  "How late VRRP timers fired, all VIPs together",
                  List.of(point(found, Labels.EMPTY))));
          all.add(worst(found));
        });
  }

  private void sessions(List<MetricSnapshot> all) {
    List<HistogramDataPointSnapshot> restored = new ArrayList<>();
    List<HistogramDataPointSnapshot> answers = new ArrayList<>();
    for (ListenerConfig listener : node.config().listeners()) {
      Labels labels = Labels.of("listener", listener.name(), "cluster", listener.cluster());
      KeptStats stats =
          Optional.ofNullable(node.stats().get().get(listener.name()))
              .orElseGet(ListenerStats::new)
              .kept();
      for (MemberLoss loss : MemberLoss.values()) {
        restored.add(point(stats.restored(loss), labels.add("cause", loss.label())));
      }
      answers.add(point(stats.stateAnswers(), labels));
    }
    all.add(
        histogram(
            "trunkline_listener_session_restore_seconds",
            "How long clients waited for detached sessions to go on, by cause",
            restored));
    all.add(
        histogram(
            "trunkline_listener_state_query_seconds",
            "How long members took to answer the question for the state of a session",
            answers));
  }

  private static HistogramSnapshot histogram(
      String name, String help, List<HistogramDataPointSnapshot> points) {
    return new HistogramSnapshot(new MetricMetadata(name, help), points);
  }

  private static HistogramDataPointSnapshot point(
      DurationHistogram.Snapshot measured, Labels labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (Map.Entry<Duration, Long> bound : measured.upTo().entrySet()) {
      buckets.bucket(seconds(bound.getKey()), bound.getValue() - below);
      below = bound.getValue();
    }
    buckets.bucket(Double.POSITIVE_INFINITY, measured.count() - below);
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(seconds(measured.sum()))
        .labels(labels)
        .build();
  }

  private static GaugeSnapshot worst(DurationHistogram.Snapshot lateness) {
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
