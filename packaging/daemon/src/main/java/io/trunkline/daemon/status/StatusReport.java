package io.trunkline.daemon.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All of {@code /api/v1/status}. Every key is always present; what is unknown is null. Moments are
 * ISO 8601 in UTC.
 *
 * @param node this proxy node's name
 * @param phase starting, serving, drained, draining or stopping
 * @param ready whether this node serves its primary listeners
 * @param notReadyBecause why not; null when it does
 * @param drain what operators have drained
 * @param predecessor the process before this one, while it has sessions; otherwise null
 */
public record StatusReport(
    String node,
    String version,
    String now,
    String startedAt,
    double uptimeSeconds,
    String phase,
    boolean ready,
    @Nullable String notReadyBecause,
    DrainReport drain,
    @Nullable PredecessorReport predecessor,
    List<ClusterReport> clusters,
    List<ListenerReport> listeners,
    List<VipReport> vips) {
  /** Whether it differs from the other in nothing but when it was written. */
  public boolean sameAs(StatusReport other) {
    return new StatusReport(
            node,
            version,
            other.now,
            startedAt,
            other.uptimeSeconds,
            phase,
            ready,
            notReadyBecause,
            drain,
            predecessor,
            clusters,
            listeners,
            vips)
        .equals(other);
  }
}
