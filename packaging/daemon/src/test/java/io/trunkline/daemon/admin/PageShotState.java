package io.trunkline.daemon.admin;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.StatsSamples;
import io.trunkline.daemon.status.DrainReport;
import io.trunkline.daemon.status.LastReload;
import io.trunkline.daemon.status.MemoryUse;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.Readiness;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import io.trunkline.vip.VipStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A node to be looked at: its cluster, its traffic and what it tells are moved by hand. */
final class PageShotState {
  final SampleCluster cluster = SampleCluster.healthy();
  final EventHistory history = new EventHistory(1_000);
  private final RoutingCell cell = new RoutingCell();
  private final Map<String, InetSocketAddress> bound = new LinkedHashMap<>();
  private final Map<String, ListenerStats> stats = new LinkedHashMap<>();
  private final NodeFacts facts;
  private volatile Readiness readiness = new Readiness("serving", Optional.empty());
  private volatile DrainReport drain = new DrainReport(false, null, null, List.of(), 0);
  private volatile List<VipStatus> vips = List.of();
  private int second;

  PageShotState(Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("trunkline.yaml"),
            """
            node: proxy-01
            clusters:
              - {name: main, scope: postgresql-cluster, patroni: {hosts: ["http://127.0.0.1:1"]}}
            vips: [{name: main, interface: lo, addresses: [192.0.2.10/32]}]
            state_dir: "%s"
            """
                .formatted(directory));
    if (!(new ConfigLoader(Map.of()).load(file) instanceof ConfigResult.Valid valid)) {
      throw new AssertionError("the configuration is bad");
    }
    bound.put("write", new InetSocketAddress("0.0.0.0", 5000));
    bound.put("read", new InetSocketAddress("0.0.0.0", 5001));
    bound.put("postgres", new InetSocketAddress("0.0.0.0", 5432));
    facts =
        new NodeFacts(
            valid::config,
            "1.0.0",
            cluster::now,
            SampleCluster.START.minus(Duration.ofHours(26)),
            () -> Map.of("main", cell),
            () -> bound,
            () -> stats,
            Map::of,
            () -> vips,
            () -> new MemoryUse(1_000, 2_000, 500, 200, 9_000, false),
            List::of,
            () -> readiness,
            () -> drain,
            () -> LastReload.applied(SampleCluster.START),
            Optional::empty);
  }

  NodeFacts facts() {
    return facts;
  }

  /** Sessions of the three listeners: write and postgres on one member, read on two. */
  PageShotState sessions(String primary, String... replicas) {
    Map<String, Integer> reading = new LinkedHashMap<>();
    for (int i = 0; i < replicas.length; i++) {
      reading.put(replicas[i], 64 - 40 * i);
    }
    stats.put("write", StatsSamples.carrying(Map.of(primary, 42), 0));
    stats.put("read", StatsSamples.carrying(reading, 0));
    stats.put("postgres", StatsSamples.carrying(Map.of(primary, 3), 0));
    return this;
  }

  PageShotState waiting(int onWrite) {
    stats.put("write", StatsSamples.carrying(Map.of(), onWrite));
    stats.put("postgres", StatsSamples.carrying(Map.of(), 2));
    return this;
  }

  PageShotState vip(VipStatus status) {
    vips = List.of(status);
    return this;
  }

  PageShotState drained() {
    readiness =
        new Readiness(
            "drained",
            Optional.of("drained by root since 2026-11-21T10:02:00Z, takes no new sessions"));
    drain = new DrainReport(true, "2026-11-21T10:02:00Z", "root", List.of("main"), 7);
    bound.clear();
    tell(Severity.INFO, "node_drained", "by", "root");
    return this;
  }

  /** All members answer, a second later. */
  PageShotState live(String primary, String... replicas) {
    cluster.after(Duration.ofSeconds(1)).primary(primary, 7);
    watched(primary, Access.READ_WRITE);
    for (String replica : replicas) {
      cluster.replica(replica, 1_000);
      watched(replica, Access.IN_RECOVERY);
    }
    traffic();
    return observe();
  }

  PageShotState observe() {
    cell.publish(cluster.table(cell.current()));
    return this;
  }

  PageShotState tell(Severity severity, String name, Object... fields) {
    history.emit(
        Event.of(
            cluster.now(), severity, EventName.valueOf(name.toUpperCase(Locale.ROOT)), fields));
    return this;
  }

  private void watched(String member, Access access) {
    SentinelAnswer answer =
        new SentinelAnswer(cluster.now().minusMillis(2), cluster.now(), access, OptionalLong.of(7));
    cluster.watched(
        member, new SentinelHealth(Optional.of(answer), Optional.empty(), Optional.empty()));
  }

  private void traffic() {
    second++;
    double wave = 1 + 0.4 * Math.sin(second / 9.0) + 0.25 * Math.sin(second * 1.7);
    stats.forEach(
        (name, of) -> {
          int size = name.equals("postgres") ? 1 : name.equals("read") ? 12 : 6;
          long up = Math.round(30_000 * size * wave);
          StatsSamples.passes(of, (int) Math.round(size * wave / 2), up, up * (size + 2));
        });
  }
}
