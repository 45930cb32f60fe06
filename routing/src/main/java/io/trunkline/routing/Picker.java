package io.trunkline.routing;

import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Places the new sessions of one listener. Safe to use from several event loops. */
public final class Picker {
  private static final int DEFAULT_WEIGHT = 100;
  private static final double SLOW_START_FLOOR = 0.1;

  /** By that part a member may be above its share before its sessions are moved. */
  private static final double TOLERATED = 0.1;

  private final ListenerConfig listener;
  private final Optional<String> zone;
  private final RandomGenerator random;
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * @param listener whose sessions are placed
   * @param zone where this node is: replicas whose tag {@code zone} is the same come first
   */
  public Picker(ListenerConfig listener, Optional<String> zone, RandomGenerator random) {
    this.listener = listener;
    this.zone = zone;
    this.random = random;
  }

  /**
   * Places one session.
   *
   * @param tried members that refused this session already
   */
  public Pick pick(RoutingTable table, Load load, Set<String> tried) {
    Pick first = pick(listener.route(), table, load, tried);
    boolean nobody = first instanceof Pick.Nobody || first instanceof Pick.Exhausted;
    if (!nobody || listener.fallback().isEmpty()) {
      return first;
    }
    Pick second = pick(listener.fallback().get(), table, load, tried);
    boolean refusedOnce = first instanceof Pick.Exhausted && second instanceof Pick.Wait;
    return second instanceof Pick.Nobody || refusedOnce ? first : second;
  }

  private Pick pick(RouteKind route, RoutingTable table, Load load, Set<String> tried) {
    return route.writes() ? primary(table, load, tried) : replicas(route, table, load, tried);
  }

  private Pick primary(RoutingTable table, Load load, Set<String> tried) {
    Optional<Target> target = table.write().target();
    if (target.isEmpty()) {
      return new Pick.Wait(table.write().reason());
    }
    Optional<HostPort> address = address(target.get(), table.view());
    if (address.isEmpty()) {
      return new Pick.Wait(WriteReason.NO_PROXY_URL);
    }
    return usable(target.get(), load, tried)
        ? new Pick.To(target.get(), address.get(), true)
        : new Pick.Exhausted();
  }

  /** Where to connect to; the primary may be one that is in the view no more. */
  private Optional<HostPort> address(Target target, ClusterView view) {
    return listener.target() == DialTarget.POSTGRES
        ? Optional.of(target.postgres())
        : view.member(target.member()).flatMap(Member::proxy);
  }

  private Pick replicas(RouteKind route, RoutingTable table, Load load, Set<String> tried) {
    ClusterView view = table.view();
    List<Target> eligible = judged(ReadReason.ELIGIBLE, route, table);
    if (eligible.isEmpty()) {
      return new Pick.Nobody(
          judged(ReadReason.NO_PROXY_URL, route, table).isEmpty()
              ? WriteReason.NONE_ELIGIBLE
              : WriteReason.NO_PROXY_URL);
    }
    List<Target> usable = eligible.stream().filter(target -> usable(target, load, tried)).toList();
    if (usable.isEmpty()) {
      return new Pick.Exhausted();
    }
    Target chosen = balance(near(reachable(usable, view), view), table, load);
    boolean asPrimary = table.write().target().equals(Optional.of(chosen));
    return new Pick.To(chosen, address(chosen, view).orElseThrow(), asPrimary);
  }

  private List<Target> judged(ReadReason reason, RouteKind route, RoutingTable table) {
    ReadRouting routing = new ReadRouting(route, listener);
    ClusterView view = table.view();
    return view.members().values().stream()
        .filter(m -> routing.judge(m, view, table.write()) == reason)
        .map(m -> new Target(m.name(), m.postgres().orElseThrow()))
        .toList();
  }

  /**
   * Those that sessions could connect to lately; all of them if there is none. One that failed is
   * tried again every second.
   */
  private static List<Target> reachable(List<Target> usable, ClusterView view) {
    List<Target> fine =
        usable.stream()
            .filter(
                target ->
                    view.member(target.member())
                        .filter(member -> member.connect().doubtful(view.at()))
                        .isEmpty())
            .toList();
    return fine.isEmpty() ? usable : fine;
  }

  /** Those in this node's zone; all of them when it has none left that takes sessions. */
  private List<Target> near(List<Target> usable, ClusterView view) {
    List<Target> near =
        usable.stream()
            .filter(
                target ->
                    zone.isPresent()
                        && view.member(target.member())
                            .map(Member::tags)
                            .flatMap(Tags::zone)
                            .equals(zone))
            .toList();
    return near.isEmpty() ? usable : near;
  }

  /**
   * The names of the members that a session may have which is not to be on the primary; empty where
   * the route leads to the primary.
   */
  Set<String> replicas(RoutingTable table) {
    return listener.route().writes() || listener.route() == RouteKind.ANY
        ? Set.of()
        : judged(ReadReason.ELIGIBLE, listener.route(), table).stream()
            .map(Target::member)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * How many sessions of each member had better be on another one: all of those on a member that is
   * to have none, and of the others what is more than a tenth above its share. As many as the
   * others can take.
   *
   * @param sessions how many each member has through this listener
   */
  public Map<String, Integer> surplus(RoutingTable table, Map<String, Integer> sessions) {
    ClusterView view = table.view();
    List<Target> eligible = judged(ReadReason.ELIGIBLE, listener.route(), table);
    if (eligible.isEmpty() && listener.fallback().isPresent()) {
      eligible = judged(ReadReason.ELIGIBLE, listener.fallback().get(), table);
    }
    if (eligible.isEmpty()) {
      return Map.of();
    }
    List<Target> targets = near(reachable(eligible, view), view);
    int total = sessions.values().stream().mapToInt(Integer::intValue).sum();
    double weights = targets.stream().mapToDouble(target -> weight(target, table)).sum();
    Map<String, Integer> most = new HashMap<>();
    for (Target target : targets) {
      double share = total * weight(target, table) / weights;
      most.put(target.member(), (int) Math.ceil(share * (1 + TOLERATED)) + 1);
    }
    int room = 0;
    for (Target target : targets) {
      int limit =
          Math.min(
              most.getOrDefault(target.member(), 0), listener.limits().maxConnectionsPerBackend());
      room += Math.max(0, limit - sessions.getOrDefault(target.member(), 0));
    }
    Map<String, Integer> surplus = new TreeMap<>();
    for (Map.Entry<String, Integer> member : sessions.entrySet()) {
      int over = member.getValue() - most.getOrDefault(member.getKey(), 0);
      int moved = Math.min(over, room);
      if (moved > 0) {
        surplus.put(member.getKey(), moved);
        room -= moved;
      }
    }
    return surplus;
  }

  /** Whether a session that waits to be connected to that member there may go on doing so. */
  public boolean leadsTo(RoutingTable table, Target target, HostPort address) {
    return address(target, table.view()).equals(Optional.of(address))
        && (leadsTo(listener.route(), table, target)
            || listener.fallback().filter(route -> leadsTo(route, table, target)).isPresent());
  }

  private boolean leadsTo(RouteKind route, RoutingTable table, Target target) {
    return route.writes()
        ? table.write().target().equals(Optional.of(target))
        : judged(ReadReason.ELIGIBLE, route, table).contains(target);
  }

  private boolean usable(Target target, Load load, Set<String> tried) {
    return !tried.contains(target.member())
        && load.sessions(target.member()) < listener.limits().maxConnectionsPerBackend();
  }

  private Target balance(List<Target> usable, RoutingTable table, Load load) {
    return switch (listener.balance()) {
      case LEAST_CONNECTIONS -> leastLoaded(usable, table, load);
      case ROUND_ROBIN -> inTurn(usable, table);
      case RANDOM_TWO -> leastLoaded(drawTwo(usable), table, load);
    };
  }

  /** Ties go round, so that idle members share the first sessions. */
  private Target leastLoaded(List<Target> usable, RoutingTable table, Load load) {
    int start = Math.floorMod(turn.getAndIncrement(), usable.size());
    Target best = usable.get(start);
    double least = Double.MAX_VALUE;
    for (int i = 0; i < usable.size(); i++) {
      Target candidate = usable.get((start + i) % usable.size());
      double share = (load.sessions(candidate.member()) + 1) / weight(candidate, table);
      if (share < least) {
        least = share;
        best = candidate;
      }
    }
    return best;
  }

  /** Weighted: the turn counter walks through the cumulated weights by the golden ratio. */
  private Target inTurn(List<Target> usable, RoutingTable table) {
    double total = usable.stream().mapToDouble(target -> weight(target, table)).sum();
    boolean equal =
        usable.stream().mapToDouble(target -> weight(target, table)).distinct().count() == 1;
    int step = turn.getAndIncrement();
    if (equal) {
      return usable.get(Math.floorMod(step, usable.size()));
    }
    double point = (step * 0.618_033_988_749_895 % 1.0 + 1.0) % 1.0 * total;
    for (Target target : usable) {
      point -= weight(target, table);
      if (point < 0) {
        return target;
      }
    }
    return usable.getLast();
  }

  private List<Target> drawTwo(List<Target> usable) {
    if (usable.size() <= 2) {
      return usable;
    }
    int first = random.nextInt(usable.size());
    int second = (first + 1 + random.nextInt(usable.size() - 1)) % usable.size();
    return List.of(usable.get(first), usable.get(second));
  }

  private double weight(Target target, RoutingTable table) {
    int configured = listener.weights().getOrDefault(target.member(), DEFAULT_WEIGHT);
    return configured * rampedUp(table.returnedAt(), target.member(), table.view().at());
  }

  private double rampedUp(Map<String, Instant> returnedAt, String member, Instant now) {
    Instant since = returnedAt.get(member);
    if (since == null || listener.slowStart().isZero()) {
      return 1.0;
    }
    double share =
        (double) Duration.between(since, now).toMillis() / listener.slowStart().toMillis();
    return Math.clamp(share, SLOW_START_FLOOR, 1.0);
  }
}
