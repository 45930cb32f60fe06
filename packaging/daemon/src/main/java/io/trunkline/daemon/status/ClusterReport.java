package io.trunkline.daemon.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of one cluster and does about it.
 *
 * @param at when this was known; null while nothing is known yet, and then so are {@code write},
 *     {@code dcs} and {@code timeline}
 * @param leader the leader key; null when there is none
 * @param failover the failover key; null when there is none
 * @param maintenance whether Patroni is in maintenance mode (paused)
 * @param holdTimeoutSeconds how long a client is queued at most while there is no primary
 * @param problems what could not be understood, for people
 */
public record ClusterReport(
    String name,
    String scope,
    @Nullable String at,
    @Nullable WriteReport write,
    @Nullable DcsReport dcs,
    @Nullable LeaderReport leader,
    @Nullable FailoverReport failover,
    boolean maintenance,
    double holdTimeoutSeconds,
    @Nullable TimelineReport timeline,
    List<String> syncStandbys,
    List<MemberReport> members,
    List<String> problems) {

  /** What is reported of a cluster of which nothing is known yet. */
  static ClusterReport unknown(String name, String scope, double holdTimeoutSeconds) {
    return new ClusterReport(
        name,
        scope,
        null,
        null,
        null,
        null,
        null,
        false,
        holdTimeoutSeconds,
        null,
        List.of(),
        List.of(),
        List.of());
  }

  /** Where writes go; {@code target} is null while they are held. */
  public record WriteReport(
      String state,
      String reason,
      String why,
      @Nullable TargetReport target,
      @Nullable String owner,
      boolean sessionsBlocked,
      String since) {}

  /** A member and where its PostgreSQL listens. */
  public record TargetReport(String member, String host, int port) {}

  /** Whether etcd answers with a quorum: connected, lost or absent. */
  public record DcsReport(
      String state,
      @Nullable String confirmedAt,
      @Nullable String lostSince,
      @Nullable String failure) {}

  /** Patroni's leader key. */
  public record LeaderReport(String member, String since) {}

  /** Patroni's failover key. */
  public record FailoverReport(
      @Nullable String leader,
      @Nullable String candidate,
      @Nullable String scheduledAt,
      String since) {}

  /** The timeline high-water mark; {@code regression} is null when the leader is not behind it. */
  public record TimelineReport(
      String systemId,
      long highest,
      @Nullable String member,
      @Nullable RegressionReport regression) {}

  /** The member the leader key names, and the lower timeline it is on. */
  public record RegressionReport(String member, long timeline) {}
}
