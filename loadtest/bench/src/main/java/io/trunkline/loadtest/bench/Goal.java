package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.verdict.Spread;
import java.util.List;
import java.util.Optional;

/**
 * What a figure is meant to be.
 *
 * @param row which one
 * @param limit the least value where more is better, else the most
 * @param against what the figure is divided by
 */
record Goal(String row, Way way, Figure figure, double limit, Against against) {

  /** What a figure is divided by. */
  enum Against {
    BEST_HAPROXY("best HAProxy"),
    DEFAULT_HAPROXY("HAProxy's defaults"),
    OPAQUE("opaque"),
    FOLLOWED("followed, not kept"),
    NOTHING("the figure itself");

    private final String title;

    Against(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  static final List<Goal> ALL =
      List.of(
          throughput("pgbench-16", 1.05),
          cpu("pgbench-16", 0.95),
          throughput("pgbench-256", 1.0),
          cpu("pgbench-256", 1.0),
          throughput("ping-1", 1.05),
          cpu("ping-1", 0.92),
          throughput("ping-16", 1.0),
          cpu("ping-16", 0.95),
          throughput("cold-1", 0.95),
          cpu("cold-1", 1.05),
          throughput("cold-2", 0.95),
          cpu("cold-2", 1.05),
          throughput("idle-active", 1.0),
          cpu("idle-active", 1.0),
          throughput("bulk-out-1", 1.4),
          cpu("bulk-out-1", 0.65),
          defaults("bulk-out-1", Figure.THROUGHPUT, 2.0),
          defaults("bulk-out-1", Figure.PROXY_CPU, 0.45),
          throughput("bulk-in-1", 1.4),
          cpu("bulk-in-1", 0.65),
          defaults("bulk-in-1", Figure.THROUGHPUT, 2.0),
          defaults("bulk-in-1", Figure.PROXY_CPU, 0.45),
          throughput("bulk-out-8", 1.4),
          cpu("bulk-out-8", 0.65),
          throughput("bulk-in-8", 1.4),
          cpu("bulk-in-8", 0.65),
          throughput("copy-out-1", 1.0),
          cpu("copy-out-1", 0.92),
          throughput("churn", 0.95),
          cpu("churn", 1.1),
          throughput("churn-namespaces", 0.95),
          cpu("churn-namespaces", 1.1),
          new Goal("churn-namespaces", Way.TRUNKLINE, Figure.LEAST, 0.9, Against.BEST_HAPROXY),
          new Goal(
              "churn-terminated", Way.TERMINATED, Figure.THROUGHPUT, 1.0, Against.BEST_HAPROXY),
          new Goal("churn-terminated", Way.TERMINATED, Figure.PROXY_CPU, 1.0, Against.BEST_HAPROXY),
          new Goal("rate-added", Way.TRUNKLINE, Figure.P99, 1.0, Against.BEST_HAPROXY),
          cpu("rate-added", 0.85),
          new Goal("idle-most", Way.TRUNKLINE, Figure.MEMORY_EACH, 20, Against.NOTHING),
          new Goal("following", Way.TRUNKLINE, Figure.PROXY_CPU, 1.05, Against.OPAQUE),
          new Goal("following", Way.KEPT, Figure.PROXY_CPU, 1.05, Against.FOLLOWED),
          new Goal("following-texts", Way.KEPT, Figure.PROXY_CPU, 1.05, Against.FOLLOWED),
          new Goal("fairness", Way.TRUNKLINE, Figure.P99_RISE, 1.0, Against.BEST_HAPROXY));

  private static Goal throughput(String row, double limit) {
    return new Goal(row, Way.TRUNKLINE, Figure.THROUGHPUT, limit, Against.BEST_HAPROXY);
  }

  private static Goal cpu(String row, double limit) {
    return new Goal(row, Way.TRUNKLINE, Figure.PROXY_CPU, limit, Against.BEST_HAPROXY);
  }

  private static Goal defaults(String row, Figure figure, double limit) {
    return new Goal(row, Way.TRUNKLINE, figure, limit, Against.DEFAULT_HAPROXY);
  }

  /** What was measured of it in that row. */
  Optional<Spread> reached(Row measured) {
    return reached(measured, way);
  }

  /** What the bare relay reaches: no relay in user space gets much further. */
  Optional<Spread> floor(Row measured) {
    return measured.samples().containsKey(Way.RELAY)
        ? reached(measured, Way.RELAY)
        : Optional.empty();
  }

  private Optional<Spread> reached(Row measured, Way way) {
    return switch (against) {
      case BEST_HAPROXY ->
          measured.bestHaproxy(figure).flatMap(best -> measured.ratio(way, best, figure));
      case DEFAULT_HAPROXY -> measured.ratio(way, Way.HAPROXY, figure);
      case OPAQUE -> measured.ratio(way, Way.OPAQUE, figure);
      case FOLLOWED -> measured.ratio(way, Way.TRUNKLINE, figure);
      case NOTHING -> measured.spread(way, figure);
    };
  }

  boolean met(Spread reached) {
    return figure.moreIsBetter() ? reached.median() >= limit : reached.median() <= limit;
  }
}
