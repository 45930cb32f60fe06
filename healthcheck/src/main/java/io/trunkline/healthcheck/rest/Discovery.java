package io.trunkline.healthcheck.rest;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.common.Silence;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.routing.EventName;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Learns who the members are from the configured REST APIs: {@code GET /cluster} of any of them,
 * now and then. Until one has answered, each configured host stands for a member. A member that is
 * not configured is asked too when no configured host answers; it tells of switchovers and pauses,
 * never of other members: addresses that no configured host vouches for are not dialled.
 */
public final class Discovery {
  private static final Duration KNOWN = Duration.ofSeconds(10);
  private static final Duration UNKNOWN = Duration.ofSeconds(1);

  /** A question has its pause and its timeout; so much later it has been lost. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final List<ApiUrl> hosts;
  private final List<String> problems = new ArrayList<>();
  private final Scope scope;
  private final HttpProbe probe;
  private final EventLoop loop;
  private final Runnable changed;
  private final Map<String, String> names = new HashMap<>();
  private Optional<ClusterBody> cluster = Optional.empty();
  private @Nullable Future<?> timer;
  private @Nullable Runnable open;
  private @Nullable ApiUrl asked;
  private int next;
  private final InstantSource clock;
  private final Journal journal;
  private final Silence silence;
  private boolean started;
  private boolean closed;

  /**
   * @param timeout of a question
   */
  public Discovery(
      List<URI> hosts,
      Scope scope,
      HttpProbe probe,
      Duration timeout,
      EventLoop loop,
      InstantSource clock,
      Journal journal,
      Runnable changed) {
    this.scope = scope;
    this.probe = probe;
    this.loop = loop;
    this.clock = clock;
    this.journal = journal;
    this.silence = new Silence(KNOWN.plus(timeout).plus(MARGIN), clock.instant());
    this.changed = changed;
    List<ApiUrl> readable = new ArrayList<>();
    for (URI host : hosts) {
      try {
        readable.add(ApiUrl.parse(host.toString()));
      } catch (JunkException e) {
        problems.add("patroni.hosts: " + e.getMessage());
      }
    }
    this.hosts = List.copyOf(readable);
  }

  public void start() {
    started = true;
    silence.heard(clock.instant());
    if (!hosts.isEmpty()) {
      ask();
    }
  }

  /** Time has passed. If it has fallen silent, for whatever reason, it begins anew. */
  public void tick() {
    if (started && !closed && !hosts.isEmpty()) {
      silence.tooLong(clock.instant()).ifPresent(this::beginAnew);
    }
  }

  private void beginAnew(Duration silent) {
    journal.tell(EventName.DISCOVERY_STALLED, "silent_s", silent.toSeconds());
    cancel();
    ask();
  }

  public void close() {
    closed = true;
    cancel();
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (open != null) {
      open.run();
    }
  }

  /** The last answer. */
  public Optional<ClusterBody> cluster() {
    return cluster;
  }

  public List<String> problems() {
    return problems;
  }

  /** The members by name; a host that nobody has named yet is called by its address. */
  public SortedMap<String, MemberFacts> members() {
    return cluster.map(ClusterBody::members).orElseGet(this::unnamed);
  }

  /** Whether that name is only an address. */
  public boolean isUnnamed(String member) {
    return cluster.isEmpty() && unnamed().containsKey(member) && !names.containsValue(member);
  }

  /** How many hosts are configured. */
  public int size() {
    return hosts.size();
  }

  /** Whether that REST API is a configured one. */
  public boolean lists(Optional<ApiUrl> api) {
    return api.filter(hosts::contains).isPresent();
  }

  /** A member that was called by its address has told its name (Patroni does from 3.1 on). */
  public void learnName(String address, String name) {
    if (isUnnamed(address) && !name.equals(address)) {
      names.put(address, name);
      changed.run();
    }
  }

  private SortedMap<String, MemberFacts> unnamed() {
    TreeMap<String, MemberFacts> members = new TreeMap<>();
    for (ApiUrl host : hosts) {
      String address = host.address().toString();
      members.put(
          names.getOrDefault(address, address),
          new MemberFacts(
              Optional.of(new HostPort(host.address().host(), 5432)),
              Optional.of(host),
              Optional.empty(),
              false,
              Optional.empty()));
    }
    return members;
  }

  private void ask() {
    List<ApiUrl> candidates = candidates();
    asked = candidates.get(next % candidates.size());
    open = probe.ask(asked, "/cluster", this::answered);
  }

  /** The configured hosts, and the members that one of them has named. */
  private List<ApiUrl> candidates() {
    return Stream.concat(
            hosts.stream(),
            cluster.stream()
                .flatMap(body -> body.members().values().stream())
                .flatMap(facts -> facts.api().stream()))
        .distinct()
        .toList();
  }

  /**
   * The members that a configured host names: those that are configured themselves and those that
   * were known before come first, so that no number of others takes their place.
   */
  private SortedMap<String, MemberFacts> vouched(ClusterBody body) {
    SortedMap<String, MemberFacts> known =
        cluster.map(ClusterBody::members).orElse(Collections.emptySortedMap());
    if (!hosts.contains(asked)) {
      return known;
    }
    TreeMap<String, MemberFacts> vouched = new TreeMap<>();
    body.members().entrySet().stream()
        .sorted(
            Comparator.comparing(
                member -> !lists(member.getValue().api()) && !known.containsKey(member.getKey())))
        .limit(MemberFacts.MAX_MEMBERS)
        .forEach(member -> vouched.put(member.getKey(), member.getValue()));
    return vouched;
  }

  private void answered(RestReply reply) {
    if (closed) {
      return;
    }
    open = null;
    silence.heard(clock.instant());
    boolean answered = false;
    if (reply instanceof RestReply.Answered answer) {
      problems.clear();
      try {
        ClusterBody body = ClusterBody.parse(answer, scope);
        SortedMap<String, MemberFacts> members = vouched(body);
        if (hosts.contains(asked) && members.size() < body.members().size()) {
          problems.add(
              "%s/cluster: %d members, of which %d are watched"
                  .formatted(asked, body.members().size(), members.size()));
        }
        cluster = Optional.of(body.withMembers(members));
        answered = true;
        body.problems().forEach(problem -> problems.add(asked + "/cluster: " + problem));
        changed.run();
      } catch (JunkException e) {
        problems.add(asked + "/cluster: " + e.getMessage());
      }
    }
    if (!answered) {
      next++;
    }
    Duration pause = answered ? KNOWN : UNKNOWN;
    timer = loop.schedule(this::ask, pause.toMillis(), TimeUnit.MILLISECONDS);
  }
}
