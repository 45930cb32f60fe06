package io.trunkline.daemon.warmup;

import io.trunkline.config.HostPort;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectHealth;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.Role;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.Tags;
import io.trunkline.routing.TimelineMark;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The members of the warm-up as they would be seen, of which each is the primary in turn. */
final class WarmUpCluster {
  private final Map<String, HostPort> addresses;
  private final TrunklineConfig config;
  private final InstantSource clock;
  private final Map<String, RoutingCell> cells = new HashMap<>();
  private long revision;

  WarmUpCluster(TrunklineConfig config, Map<String, HostPort> addresses, InstantSource clock) {
    this.config = config;
    this.addresses = Map.copyOf(addresses);
    this.clock = clock;
    config.clusters().forEach(cluster -> cells.put(cluster.name(), new RoutingCell()));
  }

  /** Where it is published, by cluster. */
  Map<String, RoutingCell> cells() {
    return Map.copyOf(cells);
  }

  /** That member is the primary from now on. */
  void lead(String name) {
    revision++;
    Instant now = clock.instant();
    cells.forEach(
        (cluster, cell) -> {
          WriteRouting routing = new WriteRouting(WritePolicy.of(config.cluster(cluster)));
          cell.publish(RoutingTable.next(view(cluster, name, now), cell.current(), routing));
        });
  }

  private ClusterView view(String cluster, String leader, Instant now) {
    SortedMap<String, Member> members = new TreeMap<>();
    addresses.forEach(
        (name, address) -> members.put(name, member(name, address, name.equals(leader), now)));
    return new ClusterView(
        cluster,
        now,
        now,
        new DcsHealth.Connected(now),
        Optional.of(new LeaderKey(leader, revision, revision, now)),
        Optional.empty(),
        Set.of(),
        false,
        Optional.empty(),
        OptionalLong.empty(),
        TimelineMark.NONE,
        members,
        List.of());
  }

  private static Member member(String name, HostPort address, boolean primary, Instant now) {
    Role role = primary ? Role.PRIMARY : Role.REPLICA;
    OptionalLong timeline = OptionalLong.of(1);
    OptionalLong lsn = OptionalLong.empty();
    RestAnswer answer =
        new RestAnswer(now, now, primary, role, "running", timeline, lsn, true, Tags.NONE, false);
    return new Member(
        name,
        Optional.of(address),
        Optional.of(new DcsMember(role, "running", timeline, lsn, true, Tags.NONE, false, 100)),
        new RestHealth(Optional.of(answer), Optional.empty(), Optional.empty()),
        ConnectHealth.UNKNOWN);
  }
}
