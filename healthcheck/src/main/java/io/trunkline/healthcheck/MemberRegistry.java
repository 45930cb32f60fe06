package io.trunkline.healthcheck;

import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.rest.Prober;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.sentinel.Sentinel;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.SentinelHealth;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

  /** Makes what asks a member. */
  interface ProberFactory {
    Prober create(String member, ApiUrl api);
  }

  /** Makes what watches whether a member is writable. */
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
        Tracked gone = members.remove(name);
        if (gone != null) {
          gone.close();
          journal.tell(Severity.INFO, "member_removed", "member", name);
        }
      }
    }
    for (Map.Entry<String, MemberFacts> entry : wanted.entrySet()) {
      String name = entry.getKey();
      Tracked tracked = members.get(name);
      if (tracked == null) {
        tracked = new Tracked(name);
        members.put(name, tracked);
        tracked.update(entry.getValue());
        journal.tell(
            Severity.INFO,
            "member_added",
            "member",
            name,
            "postgres",
            tracked.postgres().map(HostPort::toString).orElse("unknown"),
            "api",
            entry.getValue().api().map(ApiUrl::toString).orElse("unknown"));
      } else {
        tracked.update(entry.getValue());
      }
    }
  }

  void close() {
    members.values().forEach(Tracked::close);
  }

  /** One member. */
  final class Tracked {
    private final String name;
    private final ConnectRecord connect = new ConnectRecord();
    private MemberFacts facts = MemberFacts.NONE;
    private @Nullable Prober prober;
    private @Nullable Sentinel sentinel;

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
      return prober == null ? NO_API : prober.health();
    }

    Optional<RestBody> body() {
      return prober == null ? Optional.empty() : prober.body();
    }

    /** Empty when no credentials are configured. */
    Optional<SentinelHealth> sentinel() {
      return sentinels.map(_ -> sentinel == null ? SentinelHealth.UNKNOWN : sentinel.health());
    }

    /** Time has passed. */
    void tick() {
      if (prober != null) {
        prober.tick();
      }
      if (sentinel != null) {
        sentinel.tick();
      }
    }

    void askNow() {
      if (prober != null) {
        prober.askNow();
      }
      if (sentinel != null) {
        sentinel.askNow();
      }
    }

    /** Its first writable moment must be known. */
    void hurrySentinel(boolean wanted) {
      if (sentinel != null) {
        sentinel.hurry(wanted);
      }
    }

    void pace(Prober.Pace pace) {
      if (prober != null) {
        prober.pace(pace);
      }
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
      Optional<ApiUrl> api = now.api();
      if (prober != null && !api.equals(Optional.of(prober.api()))) {
        prober.close();
        prober = null;
      }
      if (prober == null && api.isPresent()) {
        prober = probers.create(name, api.get());
        prober.askNow();
      }
      sentinels.ifPresent(this::updateSentinel);
    }

    private void updateSentinel(SentinelFactory factory) {
      Optional<HostPort> address = facts.postgres();
      if (sentinel != null && !address.equals(Optional.of(sentinel.address()))) {
        sentinel.close();
        sentinel = null;
      }
      if (sentinel == null && address.isPresent()) {
        sentinel = factory.create(name, address.get());
        sentinel.askNow();
      }
    }

    private void close() {
      if (prober != null) {
        prober.close();
      }
      if (sentinel != null) {
        sentinel.close();
      }
    }
  }
}
