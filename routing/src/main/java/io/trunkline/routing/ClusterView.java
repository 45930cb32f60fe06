package io.trunkline.routing;

import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything this node knows of one cluster at one moment, with the age of each piece. Immutable;
 * published by a single writer.
 *
 * @param cluster its configured name
 * @param at when the view was made; decisions are made for this moment
 * @param startedAt when observation began
 * @param dcs whether etcd can be believed; when it is lost, what follows is the last that was known
 * @param leader the leader key; empty when there is none
 * @param failover the failover key; empty when there is none or it is {@code {}}
 * @param syncStandbys members Patroni lists as synchronous
 * @param maintenance whether Patroni is in maintenance mode (paused)
 * @param failoverTime how long Patroni may need to replace a primary that is gone: {@code ttl} and
 *     {@code loop_wait} of the config key; empty when that is not known
 * @param leaderLsn the newest WAL position known of the primary (the status key, REST), in bytes
 * @param mark the timeline high-water mark
 * @param members by name
 * @param problems what could not be understood, for people: junk keys, unreachable hosts
 */
public record ClusterView(
    String cluster,
    Instant at,
    Instant startedAt,
    DcsHealth dcs,
    Optional<LeaderKey> leader,
    Optional<FailoverKey> failover,
    Set<String> syncStandbys,
    boolean maintenance,
    Optional<Duration> failoverTime,
    OptionalLong leaderLsn,
    TimelineMark mark,
    SortedMap<String, Member> members,
    List<String> problems) {
  public ClusterView {
    syncStandbys = Set.copyOf(syncStandbys);
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    problems = List.copyOf(problems);
  }

  /** Where sessions that are meant for that are connected to, as far as is known. */
  public List<HostPort> addresses(DialTarget target) {
    return members.values().stream()
        .map(member -> member.address(target))
        .flatMap(Optional::stream)
        .toList();
  }

  /** That member, if it is known. */
  public Optional<Member> member(String name) {
    return Optional.ofNullable(members.get(name));
  }
}
