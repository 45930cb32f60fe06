package io.trunkline.healthcheck;

import io.netty.util.concurrent.EventExecutor;
import io.trunkline.healthcheck.dcs.DcsSource;
import io.trunkline.healthcheck.dcs.DcsState;
import io.trunkline.healthcheck.dcs.KeySpace;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.rest.ClusterBody;
import io.trunkline.healthcheck.rest.Discovery;
import io.trunkline.healthcheck.rest.Prober;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.timeline.TimelineTracker;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.FailoverKey;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Role;
import io.trunkline.routing.SentinelAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is known of a cluster: where the three kinds of evidence meet and a view is made of them.
 * Lives on one loop.
 */
final class Observation implements DcsSource.Listener {
  private static final int MAX_PROBLEMS = 20;

  /**
   * How old the evidence may get before it is judged again though all is well: views are signs of
   * life too, and whoever misses them for 1.5 s gives up its VIP.
   */
  private static final Duration CALM = Duration.ofMillis(150);

  /** An etcd that is well has confirmed itself since then: twice a second. */
  private static final Duration CONFIRMED = Duration.ofSeconds(1);

  private final String cluster;
  private final boolean etcdConfigured;
  private final EventExecutor loop;
  private final InstantSource clock;
  private final InstantSource wall;
  private final Instant startedAt;
  private final Consumer<ClusterView> views;
  private final DcsState dcs;
  private final TimelineTracker timelines;
  private final MemberRegistry registry;
  private final Discovery discovery;
  private final Consumer<TimelineTracker.Saved> store;
  private DcsHealth health;
  private Optional<FailoverKey> announced = Optional.empty();
  private TimelineTracker.Saved stored = TimelineTracker.Saved.NONE;
  private Instant judgedAt = Instant.MIN;

  Observation(
      String cluster,
      boolean etcdConfigured,
      EventExecutor loop,
      InstantSource clock,
      InstantSource wall,
      Consumer<ClusterView> views,
      DcsState dcs,
      TimelineTracker timelines,
      MemberRegistry registry,
      Discovery discovery,
      Consumer<TimelineTracker.Saved> store) {
    this.cluster = cluster;
    this.etcdConfigured = etcdConfigured;
    this.loop = loop;
    this.clock = clock;
    this.wall = wall;
    this.startedAt = clock.instant();
    this.views = views;
    this.dcs = dcs;
    this.timelines = timelines;
    this.registry = registry;
    this.discovery = discovery;
    this.store = store;
    this.health =
        etcdConfigured
            ? new DcsHealth.Lost(Instant.MIN, startedAt, "no answer yet")
            : new DcsHealth.Absent();
  }

  /** The mark of an earlier life. */
  void restore(TimelineTracker.Saved saved) {
    timelines.restore(saved);
    stored = saved;
  }

  @Override
  public void onKeys(KeySpace keys) {
    boolean first = !dcs.known();
    Optional<LeaderKey> before = dcs.leader();
    boolean urgent = dcs.refresh(keys, clock.instant());
    dcs.leader()
        .filter(key -> !before.equals(Optional.of(key)))
        .ifPresent(key -> timelines.keyGoesTo(key.member()));
    if (first) {
      discovery.close();
    }
    registry.set(dcs.members());
    changed();
    if (urgent) {
      registry.all().forEach(MemberRegistry.Tracked::askNow);
    }
  }

  @Override
  public void onHealth(DcsHealth now) {
    health = now;
    changed();
  }

  /** A host's {@code GET /cluster} was answered, or the configured hosts are all there is. */
  void onDiscovery() {
    if (!dcs.known()) {
      Instant now = clock.instant();
      announced =
          discovery
              .cluster()
              .flatMap(ClusterBody::switchover)
              .map(to -> new FailoverKey(to.leader(), to.candidate(), to.at(), now))
              .map(key -> announced.filter(old -> same(old, key)).orElse(key));
      registry.set(discovery.members());
      changed();
    }
  }

  /** A member's REST API answered or failed. */
  void onRest(String name) {
    Optional<RestBody> body = registry.find(name).flatMap(MemberRegistry.Tracked::body);
    body.ifPresent(found -> learn(name, found));
    if (!dcs.known() && body.flatMap(RestBody::name).isPresent()) {
      discovery.learnName(name, body.get().name().get());
    }
    changed();
  }

  void onConnected(String name) {
    if (registry.find(name).filter(it -> it.connect().connected(clock.instant())).isPresent()) {
      changed();
    }
  }

  void onConnectFailed(String name, String failure) {
    registry
        .find(name)
        .ifPresent(
            member -> {
              if (member.connect().failed(clock.instant(), failure)) {
                changed();
              }
              member.askNow();
            });
  }

  /** A session that wanted to write found that member in recovery. */
  void onStandbySeen(String name) {
    registry
        .find(name)
        .ifPresent(
            member -> {
              member.connect().standbySeen(clock.instant());
              changed();
              member.askNow();
            });
  }

  void acceptTimeline() {
    timelines.accept(dcs.historyRevision());
    changed();
  }

  /**
   * Time has passed. While all is well and answers come, each of them is judged when it comes, and
   * the time in between changes nothing.
   */
  void tick() {
    registry.all().forEach(MemberRegistry.Tracked::tick);
    discovery.tick();
    Instant now = clock.instant();
    boolean confirmed =
        health instanceof DcsHealth.Connected connected
            && now.isBefore(connected.confirmedAt().plus(CONFIRMED));
    if (!confirmed || !calm() || !now.isBefore(judgedAt.plus(CALM))) {
      changed();
    }
  }

  void close() {
    discovery.close();
    registry.close();
  }

  /** What {@code initialize} says; an answer of another system is not of this cluster. */
  Optional<String> systemId() {
    return dcs.systemId();
  }

  /** The evidence has changed, or its age. */
  void changed() {
    assert loop.inEventLoop();
    judgeTimeline();
    setPaces();
    judgedAt = clock.instant();
    views.accept(view());
  }

  /** Whether there is a leader that takes writes, no change of it is announced, and all answer. */
  private boolean calm() {
    return dcs.known()
        && dcs.leader().isPresent()
        && dcs.failover().isEmpty()
        && timelines.mark().regression().isEmpty()
        && registry.all().stream().allMatch(member -> member.well() && !awaited(member));
  }

  /** Whether it holds the leader key, and has not said yet that it takes writes. */
  private boolean awaited(MemberRegistry.Tracked member) {
    return dcs.leader()
        .filter(leader -> leader.member().equals(member.name()))
        .filter(leader -> !writableSince(member, leader.since()))
        .isPresent();
  }

  private static boolean same(FailoverKey a, FailoverKey b) {
    return a.leader().equals(b.leader())
        && a.candidate().equals(b.candidate())
        && a.scheduledAt().equals(b.scheduledAt());
  }

  /**
   * Without etcd a primary raises the mark if nobody else says that it holds the lock. With etcd
   * only the member that the leader key names does.
   */
  private void learn(String name, RestBody body) {
    RestAnswer answer = body.answer();
    if (believedHealth() instanceof DcsHealth.Connected || !holders().equals(List.of(name))) {
      return;
    }
    if (!dcs.known()) {
      body.systemId().ifPresent(timelines::systemId);
    }
    if (answer.timeline().isPresent() && plausible(name, answer.timeline().getAsLong())) {
      timelines.primary(name, answer.timeline().getAsLong(), 0);
    }
  }

  private void judgeTimeline() {
    dcs.systemId().ifPresent(timelines::systemId);
    timelines.history(dcs.historyTimeline(), dcs.historyRevision());
    Optional<String> leader = leader();
    OptionalLong timeline =
        leader.flatMap(registry::find).map(this::primaryTimeline).orElse(OptionalLong.empty());
    if (leader.isPresent()
        && timeline.isPresent()
        && plausible(leader.get(), timeline.getAsLong())) {
      timelines.primary(leader.get(), timeline.getAsLong(), holding());
      timelines.leader(leader.get(), timeline.getAsLong(), name -> registry.find(name).isPresent());
    }
    timelines.implausible(implausible());
    if (!timelines.saved().equals(stored)) {
      stored = timelines.saved();
      store.accept(stored);
    }
  }

  /** Which holding of the leader key it is; 0 when etcd does not say so now. */
  private long holding() {
    boolean connected = believedHealth() instanceof DcsHealth.Connected;
    return connected && dcs.leader().isPresent() ? dcs.holdingRevision() : 0;
  }

  /** What members say of their timelines that cannot be. */
  private SortedMap<String, Long> implausible() {
    SortedMap<String, Long> found = new TreeMap<>();
    Known known = known();
    for (MemberRegistry.Tracked member : registry.all()) {
      long claimed = timeline(member).orElse(0);
      long beside = known.beside(member.name());
      if (beside > 0 && claimed > beside + TimelineTracker.MAX_RISE) {
        found.put(member.name(), claimed);
      }
    }
    return found;
  }

  /** Each promotion adds one: no member is far ahead of all that is known beside it. */
  private boolean plausible(String name, long claimed) {
    long known = known().beside(name);
    boolean alone = registry.all().size() == 1 && known == 0;
    return alone || claimed <= known + TimelineTracker.MAX_RISE;
  }

  /**
   * The highest timelines that are known.
   *
   * @param certain of the mark, and of all keys
   * @param first without keys: the highest that a REST API tells
   * @param of whose that is
   * @param second the highest that any other one tells
   */
  private record Known(long certain, long first, String of, long second) {
    /** The highest that anything but that member's own REST API tells; 0 if none. */
    long beside(String name) {
      return Math.max(certain, name.equals(of) ? second : first);
    }
  }

  private Known known() {
    long certain = timelines.mark().timeline();
    long first = 0;
    String of = "";
    long second = 0;
    for (MemberRegistry.Tracked member : registry.all()) {
      certain =
          Math.max(
              certain,
              member.facts().dcs().map(DcsMember::timeline).orElse(OptionalLong.empty()).orElse(0));
      long told = dcs.known() ? 0 : timeline(member).orElse(0);
      if (told > first) {
        second = first;
        first = told;
        of = member.name();
      } else {
        second = Math.max(second, told);
      }
    }
    return new Known(certain, first, of, second);
  }

  private static OptionalLong timeline(MemberRegistry.Tracked member) {
    return member.rest().last().map(RestAnswer::timeline).orElse(OptionalLong.empty());
  }

  /** Whom the leader key names; without etcd, the only one that says it holds the lock. */
  private Optional<String> leader() {
    if (dcs.known()) {
      return dcs.leader().map(LeaderKey::member);
    }
    return holders().size() == 1 ? Optional.of(holders().getFirst()) : Optional.empty();
  }

  /** Who answers, and says that it is the primary and holds the lock. */
  private List<String> holders() {
    return registry.all().stream()
        .filter(this::holdsLock)
        .map(MemberRegistry.Tracked::name)
        .toList();
  }

  private boolean holdsLock(MemberRegistry.Tracked member) {
    return member.rest().failure().isEmpty()
        && member
            .rest()
            .last()
            .filter(answer -> answer.holdsLock() && answer.role() == Role.PRIMARY)
            .isPresent();
  }

  /** The timeline of the leader, if it is known to be a primary since it holds the key. */
  private OptionalLong primaryTimeline(MemberRegistry.Tracked member) {
    Instant since = dcs.leader().map(LeaderKey::since).orElse(Instant.MIN);
    Optional<SentinelAnswer> sentinel = sentinelSince(member, since);
    if (sentinel.isPresent() && sentinel.get().timeline().isPresent()) {
      return sentinel.get().timeline();
    }
    Optional<RestAnswer> answer =
        member.rest().askedSince(since).filter(found -> found.role() == Role.PRIMARY);
    if (answer.isPresent() && answer.get().timeline().isPresent()) {
      return answer.get().timeline();
    }
    return member
        .facts()
        .dcs()
        .filter(
            words ->
                words.role() == Role.PRIMARY
                    && words.state().equals("running")
                    && words.modRevision() > dcs.holdingRevision())
        .map(DcsMember::timeline)
        .orElse(OptionalLong.empty());
  }

  private void setPaces() {
    Optional<String> holder = leader();
    Instant since = dcs.leader().map(LeaderKey::since).orElse(Instant.MIN);
    boolean blind =
        !(health instanceof DcsHealth.Connected)
            && registry.all().stream().noneMatch(this::holdsLock);
    Set<String> counted = blind ? counted() : Set.of();
    for (MemberRegistry.Tracked member : registry.all()) {
      member.hurrySentinel(
          holder.equals(Optional.of(member.name())) && !takesWritesSince(member, since));
      boolean uneasy = counted.contains(member.name());
      member.pace(
          awaited(member) ? Prober.Pace.HURRIED : uneasy ? Prober.Pace.UNEASY : Prober.Pace.CALM);
    }
  }

  private boolean takesWritesSince(MemberRegistry.Tracked member, Instant since) {
    return sentinelSince(member, since)
        .filter(answer -> answer.access() == SentinelAnswer.Access.READ_WRITE)
        .isPresent();
  }

  private Optional<SentinelAnswer> sentinelSince(MemberRegistry.Tracked member, Instant since) {
    return member.sentinel().flatMap(health -> health.current(since, clock.instant()));
  }

  /** Also after a session has found it in recovery. */
  private boolean writableSince(MemberRegistry.Tracked member, Instant leaderSince) {
    Instant since =
        member.connect().health().standbySeen(leaderSince, clock.instant()).orElse(leaderSince);
    return member
        .rest()
        .askedSince(since)
        .filter(
            answer ->
                answer.running()
                    && (answer.role() == Role.PRIMARY || answer.role() == Role.STANDBY_LEADER))
        .isPresent();
  }

  private ClusterView view() {
    boolean fromRest = !dcs.known();
    TreeMap<String, Member> members = new TreeMap<>();
    Set<String> counted = counted();
    for (MemberRegistry.Tracked member : registry.all()) {
      members.put(member.name(), member.view(counted.contains(member.name())));
    }
    Optional<ClusterBody> body = fromRest ? discovery.cluster() : Optional.empty();
    Instant now = clock.instant();
    return new ClusterView(
        cluster,
        now,
        startedAt,
        believedHealth(),
        dcs.leader(),
        (fromRest ? announced : dcs.failover()).map(key -> key.by(now, wall.instant())),
        fromRest ? body.map(ClusterBody::syncStandbys).orElse(Set.of()) : dcs.syncStandbys(),
        fromRest ? restMaintenance(body) : dcs.maintenance(),
        dcs.failoverTime(),
        leaderLsn(),
        timelines.mark(),
        members,
        problems());
  }

  /**
   * Who counts when it is asked whether most members can be seen: without etcd, the configured
   * hosts and who has answered as a member. A name that only an answer of {@code /cluster} tells
   * does not, unless fewer count than hosts are configured: their names may be unknown yet.
   */
  private Set<String> counted() {
    Set<String> counted = new HashSet<>();
    if (dcs.known()) {
      registry.all().forEach(member -> counted.add(member.name()));
      return counted;
    }
    Set<ApiUrl> answering = new HashSet<>();
    Set<String> unproven = new TreeSet<>();
    for (MemberRegistry.Tracked member : registry.all()) {
      if (member.proven()) {
        counted.add(member.name());
        member.facts().api().ifPresent(answering::add);
      }
    }
    for (MemberRegistry.Tracked member : registry.all()) {
      Optional<ApiUrl> api = member.facts().api();
      boolean configured = discovery.lists(api) && answering.add(api.orElseThrow());
      (configured ? counted : unproven).add(member.name());
    }
    unproven.removeAll(counted);
    unproven.stream()
        .limit(Math.max(0, discovery.size() - counted.size()))
        .toList()
        .forEach(counted::add);
    return counted;
  }

  /** Etcd that answers but has not been read yet says nothing about the cluster. */
  private DcsHealth believedHealth() {
    return health instanceof DcsHealth.Connected && !dcs.known()
        ? new DcsHealth.Lost(Instant.MIN, startedAt, "not read yet")
        : health;
  }

  private boolean restMaintenance(Optional<ClusterBody> body) {
    return body.map(ClusterBody::maintenance).orElse(false)
        || registry.all().stream()
            .anyMatch(member -> member.rest().last().map(RestAnswer::pause).orElse(false));
  }

  private OptionalLong leaderLsn() {
    OptionalLong written =
        leader()
            .flatMap(registry::find)
            .flatMap(member -> member.rest().last())
            .filter(answer -> answer.role() == Role.PRIMARY)
            .map(RestAnswer::lsn)
            .orElse(OptionalLong.empty());
    OptionalLong optime = dcs.optime();
    if (written.isEmpty() || optime.isEmpty()) {
      return written.isPresent() ? written : optime;
    }
    return OptionalLong.of(Math.max(written.getAsLong(), optime.getAsLong()));
  }

  private List<String> problems() {
    List<String> found = new ArrayList<>();
    dcs.problems(found::add);
    timelines.problems(found::add);
    if (!etcdConfigured || !dcs.known()) {
      found.addAll(discovery.problems());
    }
    registry.problems(found::add);
    return found.subList(0, Math.min(found.size(), MAX_PROBLEMS));
  }
}
