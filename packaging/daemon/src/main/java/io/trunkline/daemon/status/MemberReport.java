package io.trunkline.daemon.status;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One member, by the freshest word on it.
 *
 * @param proxyAddress where a pooler beside it listens, as Patroni announces it; null when it
 *     announces none
 * @param up its PostgreSQL serves, as far as is known
 * @param role Patroni's word
 * @param state PostgreSQL's state in Patroni's words
 * @param lagBytes WAL it has still to replay; null when unknown
 * @param sync Patroni lists it as synchronous
 * @param sessions sessions through this node now
 * @param sentinel null where no credentials are configured
 * @param reads whether each listener that reads would use it
 */
public record MemberReport(
    String name,
    @Nullable String host,
    @Nullable Integer port,
    @Nullable String proxyAddress,
    boolean up,
    String role,
    @Nullable String state,
    @Nullable Long timeline,
    @Nullable Long lagBytes,
    boolean sync,
    int sessions,
    Map<String, String> tags,
    RestReport rest,
    EtcdReport etcd,
    ConnectReport connect,
    @Nullable SentinelReport sentinel,
    List<ReadReport> reads) {

  /** Its Patroni REST API: the age of the last answer, and why the newest question got none. */
  public record RestReport(
      @Nullable Double ageSeconds,
      @Nullable String role,
      @Nullable String state,
      @Nullable String failure,
      @Nullable String failingSince) {}

  /** Its key in etcd, as old as the last word of etcd itself. */
  public record EtcdReport(
      boolean present,
      @Nullable Double ageSeconds,
      @Nullable String role,
      @Nullable String state) {}

  /** Its PostgreSQL port, as sessions found it. */
  public record ConnectReport(
      @Nullable Double ageSeconds, @Nullable String failure, @Nullable String failingSince) {}

  /**
   * The sentinel's connection: the age of the last answer, what it was, how long it took, and why
   * there is none now.
   */
  public record SentinelReport(
      @Nullable Double ageSeconds,
      @Nullable String access,
      @Nullable Double latencySeconds,
      @Nullable String failure,
      @Nullable String failingSince) {}

  /** Whether a listener would use it, and why. */
  public record ReadReport(String listener, boolean eligible, String reason, String why) {}
}
