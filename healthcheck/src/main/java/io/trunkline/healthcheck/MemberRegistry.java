package io.trunkline.healthcheck;

import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.rest.Prober;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.sentinel.Sentinel;
import io.trunkline.routing.ConnectHealth;
import io.trunkline.routing.EventName;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.SentinelHealth;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The members that are known, each with what is watched of it. */
final class MemberRegistry {
  private static final RestHealth NO_API =
      new RestHealth(
          Optional.empty(), Optional.of("api_url is missing or unreadable"), Optional.empty());

  private final Journal journal;
  private final ProberFactory probers;
  private final Optional<SentinelFactory> sentinels;
  private final TreeMap<String, Tracked> members = new TreeMap<>();

  /**
   * @param sentinels empty when no credentials are configured
   */
  MemberRegistry(Journal journal, ProberFactory probers, Optional<SentinelFactory> sentinels) {
    this.journal = journal;
    this.probers = probers;
    this.sentinels = sentinels;
  }

  interface ProberFactory {
    Prober create(String member, ApiUrl api);
  }

  interface SentinelFactory {
    Sentinel create(String member, HostPort address);
  }

  Collection<Tracked> all() {
    return members.values();
  }

  Optional<Tracked> find(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** These are the members now; who is gone is forgotten, with its connection. */
  void set(SortedMap<String, MemberFacts> wanted) {
    for (String name : members.keySet().toArray(String[]::new)) {
      if (!wanted.containsKey(name)) {
        members.remove(name).close();
        journal.tell(EventName.MEMBER_REMOVED, "member", name);
      }
    }
    wanted.forEach(
        (name, facts) -> {
          boolean added = !members.containsKey(name);
          members.computeIfAbsent(name, Tracked::new).update(facts);
          if (added) {
            journal.tell(
                EventName.MEMBER_ADDED,
                "member",
                name,
                "postgres",
                facts.postgres().map(HostPort::toString).orElse("unknown"),
                "api",
                facts.api().map(ApiUrl::toString).orElse("unknown"));
          }
        });
  }

  /** For people. */
  void problems(Consumer<String> to) {
    for (Tracked member : members.values()) {
      Consumer<String> ofRest = what -> to.accept("member " + member.name + ": REST: " + what);
      member.rest().failure().ifPresent(ofRest);
      member.body().ifPresent(body -> body.problems().forEach(ofRest));
    }
    for (Tracked member : members.values()) {
      member
          .sentinel()
          .flatMap(SentinelHealth::failure)
          .ifPresent(what -> to.accept("member " + member.name + ": sentinel: " + what));
    }
  }

  void close() {
    members.values().forEach(Tracked::close);
  }

  /** What sessions found when they dialled one member. */
  static final class ConnectRecord {
    private ConnectHealth health = ConnectHealth.UNKNOWN;

    ConnectHealth health() {
      return health;
    }

    /** Whether that changes what is believed of the member. */
    boolean connected(Instant now) {
      boolean news = health.failure().isPresent() || health.lastSuccess().isEmpty();
      health =
          new ConnectHealth(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(now),
              health.standbySeenAt());
      return news;
    }

    /** Whether that changes what is believed of the member. */
    boolean failed(Instant now, String failure) {
      boolean news = health.failure().isEmpty();
      health =
          new ConnectHealth(
              Optional.of(failure),
              health.failingSince().or(() -> Optional.of(now)),
              Optional.of(now),
              health.lastSuccess(),
              health.standbySeenAt());
      return news;
    }

    /** A session that wanted to write found it in recovery. */
    void standbySeen(Instant now) {
      health =
          new ConnectHealth(
              health.failure(),
              health.failingSince(),
              health.failedAt(),
              health.lastSuccess(),
              Optional.of(now));
    }
  }

  /** One member. */
  final class Tracked {
    private final String name;
    private final ConnectRecord connect = new ConnectRecord();
    private MemberFacts facts = MemberFacts.NONE;
    private Optional<Prober> prober = Optional.empty();
    private Optional<Sentinel> sentinel = Optional.empty();

    Tracked(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    Optional<HostPort> postgres() {
      return facts.postgres();
    }

    MemberFacts facts() {
      return facts;
    }

    ConnectRecord connect() {
      return connect;
    }

    /** One whose REST API has no address is as good as one whose REST API does not answer. */
    RestHealth rest() {
      return prober.map(Prober::health).orElse(NO_API);
    }

    Optional<RestBody> body() {
      return prober.flatMap(Prober::body);
    }

    /** Empty when no credentials are configured. */
    Optional<SentinelHealth> sentinel() {
      return sentinels.map(_ -> sentinel.map(Sentinel::health).orElse(SentinelHealth.UNKNOWN));
    }

    /** Time has passed. */
    void tick() {
      prober.ifPresent(Prober::tick);
      sentinel.ifPresent(Sentinel::tick);
    }

    void askNow() {
      prober.ifPresent(Prober::askNow);
      sentinel.ifPresent(Sentinel::askNow);
    }

    /** Its first writable moment must be known. */
    void hurrySentinel(boolean wanted) {
      sentinel.ifPresent(it -> it.hurry(wanted));
    }

    void pace(Prober.Pace pace) {
      prober.ifPresent(it -> it.pace(pace));
    }

    /** Whether nothing that was asked of it has failed. */
    boolean well() {
      return rest().failure().isEmpty()
          && connect.health().failure().isEmpty()
          && sentinel().flatMap(SentinelHealth::failure).isEmpty();
    }

    /** Whether it has ever answered as that member. */
    boolean proven() {
      return body().isPresent();
    }

    Member view(boolean counted) {
      return new Member(
          name,
          facts.postgres(),
          facts.dcs(),
          rest(),
          connect.health(),
          sentinel(),
          counted,
          facts.announced(),
          facts.proxy());
    }

    private void update(MemberFacts now) {
      facts = now;
      if (!now.api().equals(prober.map(Prober::api))) {
        prober.ifPresent(Prober::close);
        prober = now.api().map(api -> probers.create(name, api));
        prober.ifPresent(Prober::askNow);
      }
      if (sentinels.isPresent() && !now.postgres().equals(sentinel.map(Sentinel::address))) {
        sentinel.ifPresent(Sentinel::close);
        sentinel = now.postgres().map(address -> sentinels.get().create(name, address));
        sentinel.ifPresent(Sentinel::askNow);
      }
    }

    private void close() {
      prober.ifPresent(Prober::close);
      sentinel.ifPresent(Sentinel::close);
    }
  }
}
