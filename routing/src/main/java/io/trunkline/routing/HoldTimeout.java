package io.trunkline.routing;

import io.trunkline.config.ClusterConfig;
import java.time.Duration;
import java.util.Optional;

/** How long a new client waits at most while nobody may be written to. */
public final class HoldTimeout {
  /** From the promotion to the first session on the new primary. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** With Patroni's defaults: {@code ttl} 30 s, {@code loop_wait} 10 s. */
  private static final Duration UNKNOWN = Duration.ofSeconds(40).plus(MARGIN);

  private HoldTimeout() {}

  /**
   * {@code hold_timeout} of the configuration; where that is {@code auto}, as long as Patroni may
   * need to replace a primary that is gone, and a margin.
   *
   * @param view what is known of the cluster now
   */
  public static Duration of(ClusterConfig cluster, Optional<ClusterView> view) {
    return cluster
        .holdTimeout()
        .orElseGet(
            () ->
                view.flatMap(ClusterView::failoverTime)
                    .map(time -> time.plus(MARGIN))
                    .orElse(UNKNOWN));
  }
}
