package io.trunkline.routing;

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
import java.util.TreeMap;

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
    RestAnswer old = members.get(name).rest().last().orElseThrow();
    RestAnswer answer =
        new RestAnswer(
            now,
            now,
            false,
            old.role(),
            old.state(),
            old.timeline(),
            old.lsn(),
            old.streaming(),
            old.tags(),
            true);
    RestHealth rest = new RestHealth(Optional.of(answer), Optional.empty(), Optional.empty());
    return member(name, members.get(name).dcs(), rest);
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
    RestAnswer answer =
        new RestAnswer(
            now,
            now,
            role == Role.PRIMARY,
            role,
            "running",
            OptionalLong.of(timeline),
            OptionalLong.of(lsn),
            true,
            tags,
            false);
    DcsMember word =
        new DcsMember(
            role,
            "running",
            OptionalLong.of(timeline),
            OptionalLong.of(lsn),
            true,
            tags,
            false,
            100);
    RestHealth rest = new RestHealth(Optional.of(answer), Optional.empty(), Optional.empty());
    return member(name, Optional.of(word), rest);
  }

  Views member(String name, Optional<DcsMember> word, RestHealth rest) {
    members.put(
        name,
        new Member(
            name,
            Optional.of(new HostPort(name + ".example", 5432)),
            word,
            rest,
            Optional.ofNullable(members.get(name))
                .map(Member::connect)
                .orElse(ConnectHealth.UNKNOWN),
            Optional.ofNullable(members.get(name)).flatMap(Member::sentinel)));
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
    Member old = members.get(name);
    members.put(
        name,
        new Member(
            name, old.postgres(), old.dcs(), old.rest(), old.connect(), Optional.of(health)));
    return this;
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
    Member old = members.get(name);
    ConnectHealth connect =
        new ConnectHealth(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(now),
            Optional.of(now));
    members.put(
        name, new Member(name, old.postgres(), old.dcs(), old.rest(), connect, old.sentinel()));
    return this;
  }

  /** Its REST API fails; what it said last stays. */
  Views restFails(String name) {
    return restFails(name, "timed out");
  }

  Views restFails(String name, String reason) {
    Member old = members.get(name);
    RestHealth failing = new RestHealth(old.rest().last(), Optional.of(reason), Optional.of(now));
    return member(name, old.dcs(), failing);
  }

  /** It does not stream, as its REST API and its key say. */
  Views notStreaming(String name) {
    Member old = members.get(name);
    RestAnswer said = old.rest().last().orElseThrow();
    RestAnswer answer =
        new RestAnswer(
            said.askedAt(),
            said.at(),
            said.holdsLock(),
            said.role(),
            said.state(),
            said.timeline(),
            said.lsn(),
            false,
            said.tags(),
            said.pause());
    DcsMember word = old.dcs().orElseThrow();
    DcsMember key =
        new DcsMember(
            word.role(),
            word.state(),
            word.timeline(),
            word.lsn(),
            false,
            word.tags(),
            word.pause(),
            word.modRevision());
    RestHealth rest =
        new RestHealth(Optional.of(answer), old.rest().failure(), old.rest().failingSince());
    return member(name, Optional.of(key), rest);
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
    Member old = members.get(name);
    members.put(
        name,
        new Member(
            name,
            old.postgres(),
            old.dcs(),
            old.rest(),
            old.connect(),
            old.sentinel(),
            old.counted(),
            old.announced(),
            Optional.of(address)));
    return this;
  }

  Views noAddress(String name) {
    return address(name, Optional.empty(), true);
  }

  Views knownAddress(String name, HostPort address) {
    return members.containsKey(name) ? address(name, address, true) : this;
  }

  private Views address(String name, Optional<HostPort> address, boolean announced) {
    Member old = members.get(name);
    members.put(
        name,
        new Member(
            name,
            address,
            old.dcs(),
            old.rest(),
            old.connect(),
            old.sentinel(),
            old.counted(),
            announced,
            old.proxy()));
    return this;
  }

  Views keyGone(String name) {
    return member(name, Optional.empty(), members.get(name).rest());
  }

  Views gone(String name) {
    members.remove(name);
    return this;
  }

  ClusterView view() {
    return new ClusterView(
        "main",
        now,
        START,
        dcs,
        leader,
        failover,
        sync,
        maintenance,
        Optional.empty(),
        leaderLsn,
        mark,
        new TreeMap<>(members),
        List.of());
  }
}
