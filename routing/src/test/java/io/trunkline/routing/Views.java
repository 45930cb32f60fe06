package io.trunkline.routing;

import static io.trunkline.config.Configs.change;

import io.trunkline.config.Configs.Component;
import io.trunkline.config.HostPort;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Builds views for tests, a healthy three-member cluster by default. */
final class Views {
  static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final Map<String, Member> members = new HashMap<>();
  private final Set<String> sync = new HashSet<>();
  private Instant now = START.plusSeconds(60);
  private DcsHealth dcs = new DcsHealth.Connected(now);
  private Optional<LeaderKey> leader = Optional.empty();
  private Optional<FailoverKey> failover = Optional.empty();
  private TimelineMark mark = TimelineMark.NONE;
  private OptionalLong leaderLsn = OptionalLong.empty();
  private boolean maintenance;

  static Views healthy() {
    Views views = new Views();
    views.leader("pg1", 10, views.now.minusSeconds(30));
    views.primary("pg1").replica("pg2").replica("pg3");
    return views;
  }

  Views at(Instant moment) {
    now = moment;
    return this;
  }

  Views later(Duration by) {
    now = now.plus(by);
    if (dcs instanceof DcsHealth.Connected) {
      dcs = new DcsHealth.Connected(now);
    }
    return this;
  }

  Instant now() {
    return now;
  }

  Views leader(String member, long revision, Instant since) {
    leader = Optional.of(new LeaderKey(member, revision, revision, since));
    return this;
  }

  Views leaderOverwritten(String member, long created, long held, Instant since) {
    leader = Optional.of(new LeaderKey(member, created, held, since));
    return this;
  }

  /** A primary whose lease has run out by its own clock. */
  Views withoutLock(String name) {
    RestAnswer answer =
        change(members.get(name).rest().last().orElseThrow())
            .with(RestAnswer::askedAt, now)
            .with(RestAnswer::at, now)
            .with(RestAnswer::holdsLock, false)
            .with(RestAnswer::pause, true)
            .record();
    return with(name, Member::rest, Members.answered(answer));
  }

  Views noLeader() {
    leader = Optional.empty();
    return this;
  }

  Views failover(FailoverKey key) {
    failover = Optional.of(key);
    return this;
  }

  Views noFailover() {
    failover = Optional.empty();
    return this;
  }

  Views mark(TimelineMark value) {
    mark = value;
    return this;
  }

  Views maintenance() {
    maintenance = true;
    return this;
  }

  Views sync(String... names) {
    sync.clear();
    sync.addAll(List.of(names));
    return this;
  }

  Views leaderLsn(long lsn) {
    leaderLsn = OptionalLong.of(lsn);
    return this;
  }

  Views dcsLost(Duration ago) {
    dcs = new DcsHealth.Lost(now.minus(ago), now.minus(ago), "timed out");
    return this;
  }

  Views dcsAbsent() {
    dcs = new DcsHealth.Absent();
    leader = Optional.empty();
    return this;
  }

  Views primary(String name) {
    return member(name, Role.PRIMARY, 1, Tags.NONE, 0);
  }

  Views replica(String name) {
    return member(name, Role.REPLICA, 1, Tags.NONE, 0);
  }

  Views replica(String name, Tags tags, long lsn) {
    return member(name, Role.REPLICA, 1, tags, lsn);
  }

  Views member(String name, Role role, long timeline, Tags tags, long lsn) {
    HostPort address = new HostPort(name + ".example", 5432);
    Member told = Members.running(name, address, role, timeline, OptionalLong.of(lsn), tags, now);
    members.merge(
        name,
        told,
        (old, _) ->
            change(told)
                .with(Member::connect, old.connect())
                .with(Member::sentinel, old.sentinel())
                .record());
    return this;
  }

  Views member(String name, Optional<DcsMember> key, RestHealth rest) {
    return with(name, Member::dcs, key).with(name, Member::rest, rest);
  }

  private <T> Views with(String name, Component<Member, T> component, T value) {
    members.put(name, change(members.get(name)).with(component, value).record());
    return this;
  }

  /** The sentinel asked it now, and that was the answer; one that takes writes is on timeline 1. */
  Views sentinel(String name, SentinelAnswer.Access access) {
    OptionalLong timeline =
        access == SentinelAnswer.Access.READ_WRITE ? OptionalLong.of(1) : OptionalLong.empty();
    return sentinel(name, new SentinelAnswer(now, now, access, timeline), Optional.empty());
  }

  Views sentinel(String name, SentinelAnswer answer, Optional<String> failure) {
    SentinelHealth health =
        new SentinelHealth(Optional.of(answer), failure, failure.map(_ -> answer.at()));
    return with(name, Member::sentinel, Optional.of(health));
  }

  /** The sentinel asked it now: it is a standby that streams from that one. */
  Views streams(String name, String from, long timeline) {
    Upstream upstream = new Upstream(new HostPort(from + ".example", 5432), timeline);
    return sentinel(
        name,
        new SentinelAnswer(
            now,
            now,
            SentinelAnswer.Access.IN_RECOVERY,
            OptionalLong.empty(),
            Optional.of(upstream)),
        Optional.empty());
  }

  Views knownStreams(String name, String from, long timeline) {
    return members.containsKey(name) ? streams(name, from, timeline) : this;
  }

  /** The sentinel's connection to it has just broken. */
  Views sentinelFails(String name) {
    SentinelAnswer last = members.get(name).sentinel().flatMap(SentinelHealth::last).orElseThrow();
    return sentinel(name, last, Optional.of("connection refused"));
  }

  /** A session that wanted to write has just found it in recovery. */
  Views standbySeen(String name) {
    ConnectHealth seen =
        change(Members.connected(now))
            .with(ConnectHealth::standbySeenAt, Optional.of(now))
            .record();
    return with(name, Member::connect, seen);
  }

  /** Its REST API fails; what it said last stays. */
  Views restFails(String name) {
    return restFails(name, "timed out");
  }

  Views restFails(String name, String reason) {
    return with(name, Member::rest, Members.failing(members.get(name).rest(), reason, now));
  }

  /** It does not stream, as its REST API and its key say. */
  Views notStreaming(String name) {
    Member old = members.get(name);
    RestAnswer said = old.rest().last().orElseThrow();
    RestHealth rest =
        change(old.rest())
            .with(
                RestHealth::last,
                Optional.of(change(said).with(RestAnswer::streaming, false).record()))
            .record();
    DcsMember key = change(old.dcs().orElseThrow()).with(DcsMember::streaming, false).record();
    return with(name, Member::rest, rest).with(name, Member::dcs, Optional.of(key));
  }

  Views knownRestFails(String name) {
    return members.containsKey(name) ? restFails(name) : this;
  }

  Views knownSentinel(String name, SentinelAnswer.Access access) {
    return members.containsKey(name) ? sentinel(name, access) : this;
  }

  Views knownStandbySeen(String name) {
    return members.containsKey(name) ? standbySeen(name) : this;
  }

  Views dcsBack() {
    dcs = new DcsHealth.Connected(now);
    return this;
  }

  /** Where it listens, and whether Patroni has told so. */
  Views address(String name, HostPort address, boolean announced) {
    return address(name, Optional.of(address), announced);
  }

  Views pooler(String name, HostPort address) {
    return with(name, Member::proxy, Optional.of(address));
  }

  Views noAddress(String name) {
    return address(name, Optional.empty(), true);
  }

  Views knownAddress(String name, HostPort address) {
    return members.containsKey(name) ? address(name, address, true) : this;
  }

  private Views address(String name, Optional<HostPort> address, boolean announced) {
    return with(name, Member::postgres, address).with(name, Member::announced, announced);
  }

  Views keyGone(String name) {
    return with(name, Member::dcs, Optional.empty());
  }

  Views gone(String name) {
    members.remove(name);
    return this;
  }

  ClusterView view() {
    return change(Members.view(members, now))
        .with(ClusterView::startedAt, START)
        .with(ClusterView::dcs, dcs)
        .with(ClusterView::leader, leader)
        .with(ClusterView::failover, failover)
        .with(ClusterView::syncStandbys, sync)
        .with(ClusterView::maintenance, maintenance)
        .with(ClusterView::leaderLsn, leaderLsn)
        .with(ClusterView::mark, mark)
        .record();
  }
}
