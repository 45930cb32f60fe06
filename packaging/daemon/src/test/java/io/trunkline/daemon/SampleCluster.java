package io.trunkline.daemon;

import static io.trunkline.config.Configs.change;

import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.config.Configs.Component;
import io.trunkline.config.HostPort;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectHealth;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.FailoverKey;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.Member;
import io.trunkline.routing.Members;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.Role;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.SentinelHealth;
import io.trunkline.routing.Tags;
import io.trunkline.routing.TimelineMark;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A cluster named main that a test moves through time; every step makes a view of it. */
public final class SampleCluster {
  /** When every test begins. */
  public static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final SortedMap<String, Member> members = new TreeMap<>();
  private Instant now = START;
  private Optional<LeaderKey> leader = Optional.empty();
  private TimelineMark mark = TimelineMark.NONE;
  private Optional<FailoverKey> failover = Optional.empty();
  private Set<String> sync = Set.of();
  private List<String> problems = List.of();
  private Optional<DcsHealth> dcs = Optional.empty();
  private long revision = 1;

  /** pg-1 is the primary, pg-2 a synchronous replica, pg-3 another. */
  public static SampleCluster healthy() {
    SampleCluster cluster = new SampleCluster();
    cluster.leads("pg-1");
    cluster.primary("pg-1", 7);
    cluster.replica("pg-2", 1_000);
    cluster.replica("pg-3", 900);
    cluster.mark = new TimelineMark("7000", 7, Optional.of("pg-1"), Optional.empty(), false);
    cluster.sync = Set.of("pg-2");
    return cluster;
  }

  /** The same as a node sees it that has just started: etcd has answered, no member has yet. */
  public static SampleCluster unasked() {
    SampleCluster cluster = healthy();
    cluster.members.replaceAll(
        (name, it) ->
            new Member(name, it.postgres(), it.dcs(), RestHealth.UNKNOWN, ConnectHealth.UNKNOWN));
    return cluster;
  }

  /** Lets time pass. */
  public SampleCluster after(Duration time) {
    now = now.plus(time);
    return this;
  }

  /** The leader key names that member from now on. */
  public SampleCluster leads(String name) {
    revision++;
    leader = Optional.of(new LeaderKey(name, revision, revision, now));
    return this;
  }

  /** Patroni was asked to hand over, at once. */
  public SampleCluster switchover(String from, String to) {
    failover =
        Optional.of(new FailoverKey(Optional.of(from), Optional.of(to), Optional.empty(), now));
    return this;
  }

  /** The leader key is gone. */
  public SampleCluster leaderless() {
    leader = Optional.empty();
    return this;
  }

  /** That member says that it is the primary. */
  public SampleCluster primary(String name, long timeline) {
    return says(name, Role.PRIMARY, timeline, 1_000);
  }

  /** That member says that it is a replica and has replayed so far. */
  public SampleCluster replica(String name, long lsn) {
    return says(name, Role.REPLICA, 7, lsn);
  }

  /** That member's REST API does not answer, and its key is gone. */
  public SampleCluster dies(String name) {
    RestHealth rest = Members.failing(members.get(name).rest(), "connection refused", now);
    return with(name, Member::rest, rest).with(name, Member::dcs, Optional.empty());
  }

  /** That member announces a pooler there. */
  public SampleCluster pooler(String name, HostPort address) {
    return with(name, Member::proxy, Optional.of(address));
  }

  /** A sentinel watches that member, and this is how it fares. */
  public SampleCluster watched(String name, SentinelHealth sentinel) {
    return with(name, Member::sentinel, Optional.of(sentinel));
  }

  /** Dialling that member's PostgreSQL fails now, and did since then. */
  public SampleCluster refuses(String name, Instant since) {
    ConnectHealth refused =
        change(ConnectHealth.UNKNOWN)
            .with(ConnectHealth::failure, Optional.of("timed out"))
            .with(ConnectHealth::failingSince, Optional.of(since))
            .with(ConnectHealth::failedAt, Optional.of(now))
            .record();
    return with(name, Member::connect, refused);
  }

  /** Dialling that member's PostgreSQL succeeds now. */
  public SampleCluster accepts(String name) {
    return with(name, Member::connect, Members.connected(now));
  }

  private <T> SampleCluster with(String name, Component<Member, T> component, T value) {
    members.put(name, change(members.get(name)).with(component, value).record());
    return this;
  }

  /** It is not a member any more. */
  public SampleCluster leaves(String name) {
    members.remove(name);
    return this;
  }

  /** The leader key went back to an older timeline. */
  public SampleCluster regression(String name, long timeline) {
    mark =
        new TimelineMark(
            mark.systemId(),
            mark.timeline(),
            mark.member(),
            Optional.of(new TimelineMark.Regression(name, timeline)),
            false);
    return this;
  }

  /** The observer could not understand something. */
  public SampleCluster problem(String text) {
    problems = List.of(text);
    return this;
  }

  /** No quorum of etcd answers. */
  public SampleCluster dcsLost(String failure) {
    dcs = Optional.of(new DcsHealth.Lost(now, now, failure));
    return this;
  }

  /** A quorum of etcd answers again. */
  public SampleCluster dcsBack() {
    dcs = Optional.empty();
    return this;
  }

  /** What time it is. */
  public Instant now() {
    return now;
  }

  /** What is known now. */
  public ClusterView view() {
    return change(Members.view(members, now))
        .with(ClusterView::startedAt, START)
        .with(ClusterView::dcs, dcs.orElseGet(() -> new DcsHealth.Connected(now)))
        .with(ClusterView::leader, leader)
        .with(ClusterView::failover, failover)
        .with(ClusterView::syncStandbys, sync)
        .with(ClusterView::failoverTime, Optional.of(Duration.ofSeconds(25)))
        .with(ClusterView::leaderLsn, OptionalLong.of(1_000))
        .with(ClusterView::mark, mark)
        .with(ClusterView::problems, problems)
        .record();
  }

  /** The table that follows. */
  public RoutingTable table(Optional<RoutingTable> before) {
    WritePolicy policy =
        new WritePolicy(Duration.ofSeconds(15), Duration.ofSeconds(3), OnIsolation.HOLD);
    return RoutingTable.next(view(), before, new WriteRouting(policy));
  }

  private SampleCluster says(String name, Role role, long timeline, long lsn) {
    int number = List.of("pg-1", "pg-2", "pg-3").indexOf(name) + 1;
    HostPort address = new HostPort("10.0.0." + number, 5432);
    members.put(
        name, Members.running(name, address, role, timeline, OptionalLong.of(lsn), Tags.NONE, now));
    return this;
  }
}
