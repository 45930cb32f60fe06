package io.trunkline.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the whole file. */
final class RootReader {
  private static final Path STATE_DIR = Path.of("/var/lib/trunkline");
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration UPGRADE_TIMEOUT = Duration.ofHours(12);
  private static final int MOST_THREADS = 256;
  private static final long LEAST_MEMORY = 64L << 20;
  private static final long MOST_MEMORY = 1L << 40;

  private RootReader() {}

  static TrunklineConfig read(MappingReader in) {
    String node = in.value("node").flatMap(Value::name).orElse(in.context().machine().hostName());
    Clusters clusters = clusters(in);
    List<VipConfig> vips = vips(in, clusters, node);
    var binds = new Binds();
    List<ListenerConfig> listeners = listeners(in, clusters, binds);
    checkNotIdle(in, vips);
    AdminConfig admin = AdminReader.read(in.sectionOrEmpty("admin", Sections.ADMIN), binds);
    binds.check(in.context().problems());
    return new TrunklineConfig(
        node,
        in.value("zone").map(Value::text),
        clusters.all(),
        listeners,
        vips,
        admin,
        LogReader.read(in.sectionOrEmpty("log", Sections.LOG)),
        in.file("state_dir").orElse(STATE_DIR),
        in.duration("drain_timeout", DRAIN_TIMEOUT, Duration.ZERO, Duration.ofHours(24)),
        in.duration("upgrade_timeout", UPGRADE_TIMEOUT, Duration.ZERO, Duration.ofDays(7)),
        memoryLimit(in),
        in.has("threads")
            ? OptionalInt.of(in.integer("threads", 1, 1, MOST_THREADS))
            : OptionalInt.empty(),
        in.integer("vrrp_rt_priority", 0, 0, 99));
  }

  private static OptionalLong memoryLimit(MappingReader in) {
    return in.value("memory_limit")
        .flatMap(
            value ->
                value
                    .as(Sizes::parse)
                    .flatMap(
                        bytes ->
                            bytes < LEAST_MEMORY || bytes > MOST_MEMORY
                                ? value.<Long>reject(
                                    Shown.of(value.text()) + " is not between 64MB and 1TB")
                                : Optional.of(bytes)))
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  private static Clusters clusters(MappingReader in) {
    List<ClusterConfig> clusters = new ArrayList<>();
    var names = new UniqueNames("cluster");
    for (MappingReader item : in.sections("clusters", Sections.CLUSTER)) {
      ClusterConfig cluster = ClusterReader.read(item);
      names.add(item, cluster.name(), item.has("name") ? "name" : "scope");
      clusters.add(cluster);
    }
    if (!in.has("clusters")) {
      in.problem(
          "clusters", "is missing; write clusters: [{scope: NAME, etcd: {hosts: [HOST:2379]}}]");
    } else if (in.isEmptyList("clusters")) {
      in.problem("clusters", "is empty; at least one cluster is needed");
    }
    return new Clusters(clusters);
  }

  private static List<ListenerConfig> listeners(MappingReader in, Clusters clusters, Binds binds) {
    List<ListenerConfig> listeners = new ArrayList<>();
    if (in.has("listeners")) {
      var names = new UniqueNames("listener");
      for (MappingReader item : in.sections("listeners", Sections.LISTENER)) {
        ListenerConfig listener = ListenerReader.read(item, clusters);
        names.add(item, listener.name(), "name");
        binds.add(item.at("bind"), item.path("bind"), listener.bind());
        listeners.add(listener);
      }
    } else if (clusters.all().size() == 1) {
      for (ListenerConfig listener : DefaultListeners.of(clusters.all().getFirst().name())) {
        binds.add(Position.NOWHERE, "default listener " + listener.name(), listener.bind());
        listeners.add(listener);
      }
    } else if (clusters.all().size() > 1) {
      in.problem("listeners", "is missing; with several clusters each needs listeners of its own");
    }
    return listeners;
  }

  /** A database node whose addresses follow the leader needs no listener: PostgreSQL listens. */
  private static void checkNotIdle(MappingReader in, List<VipConfig> vips) {
    boolean movesAddresses =
        !vips.isEmpty() && vips.stream().allMatch(vip -> vip.mode() == VipConfig.Mode.LEADER);
    if (in.isEmptyList("listeners") && !movesAddresses) {
      in.problem(
          "listeners",
          "is empty; name at least one, or remove the key to get the default ones"
              + " (only a node whose VIPs are all of mode: leader may have none)");
    }
  }

  private static List<VipConfig> vips(MappingReader in, Clusters clusters, String node) {
    List<VipConfig> vips = new ArrayList<>();
    var names = new UniqueNames("VIP");
    var rivals = new VipRivals();
    for (MappingReader item : in.sections("vips", Sections.VIP)) {
      VipConfig vip = VipReader.read(item, clusters, node, rivals);
      names.add(item, vip.name(), "name");
      vips.add(vip);
    }
    return vips;
  }
}
