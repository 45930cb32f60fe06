package io.trunkline.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the whole file. */
final class RootReader {
  static final Section<TrunklineConfig> KEYS = new Section<>("");
  static final Key<String> NODE =
      KEYS.key("node", Type.NAME, TrunklineConfig::node)
          .without("the host name")
          .untilRestart()
          .means("The name of this proxy node. Nodes that share a VIP need different names.");
  static final Key<String> ZONE =
      KEYS.key("zone", Type.TEXT, TrunklineConfig::zone)
          .means(
              "Where this node is, in words of your own. Replicas whose Patroni tag `zone` is the"
                  + " same get the sessions first; those of other zones when none of them takes any"
                  + " more.");
  static final Key<List<MappingReader>> CLUSTERS =
      KEYS.mappings("clusters", ClusterReader.KEYS, TrunklineConfig::clusters)
          .required("[{scope: NAME, etcd: {hosts: [HOST:2379]}}]")
          .means("The Patroni clusters, at least one.");
  static final Key<List<MappingReader>> LISTENERS =
      KEYS.mappings("listeners", ListenerReader.KEYS, TrunklineConfig::listeners)
          .without("see [listeners](#listeners)")
          .means("Where clients connect.");
  static final Key<List<MappingReader>> VIPS =
      KEYS.mappings("vips", VipReader.KEYS, TrunklineConfig::vips)
          .means("Virtual addresses that this node may hold.");
  static final Key<MappingReader> ADMIN =
      KEYS.mapping("admin", AdminReader.KEYS, config -> Optional.of(config.admin()))
          .untilRestart()
          .means("Where the daemon can be asked.");
  static final Key<MappingReader> LOG =
      KEYS.mapping("log", LogReader.KEYS, config -> Optional.of(config.log()))
          .untilRestart()
          .means("The log, on standard error.");
  static final Key<Path> STATE_DIR =
      KEYS.key("state_dir", Type.FILE.or(Path.of("/var/lib/trunkline")), TrunklineConfig::stateDir)
          .untilRestart()
          .means(
              "Where the daemon keeps what must outlive a restart: the highest timeline it has seen"
                  + " of each cluster.");
  static final Key<Duration> DRAIN_TIMEOUT =
      KEYS.key("drain_timeout", Type.duration("0s", "24h", "30s"), TrunklineConfig::drainTimeout)
          .means("How long sessions may go on after SIGTERM.");
  static final Key<Duration> UPGRADE_TIMEOUT =
      KEYS.key(
              "upgrade_timeout",
              Type.duration("0s", "168h", "12h"),
              TrunklineConfig::upgradeTimeout)
          .means(
              "How long sessions may go on in the former process after an"
                  + " [upgrade](install.md#upgrade).");
  static final Key<Long> MEMORY_LIMIT =
      KEYS.key("memory_limit", Type.size("64MB", "1TB"), TrunklineConfig::memoryLimit)
          .without("see below")
          .means(
              "When this much memory is in use, new connections are refused with FATAL 53300,"
                  + " before those there are suffer.");
  static final Key<Integer> THREADS =
      KEYS.key("threads", Type.integer(1, 256), TrunklineConfig::threads)
          .without("one per processor")
          .untilRestart()
          .means(
              "As HAProxy's `nbthread`: the event loops that relay sessions; a session stays on"
                  + " one. Fewer take less processor time for many small transactions, more are"
                  + " faster where TLS ends here or much is copied.");
  static final Key<Integer> VRRP_RT_PRIORITY =
      KEYS.key("vrrp_rt_priority", Type.integer(0, 99).or(0), TrunklineConfig::vrrpRtPriority)
          .untilRestart()
          .means(
              "As keepalived's: the SCHED_RR priority of the thread that speaks VRRP, so that busy"
                  + " processes cannot hold it up; `0` is none. Needs CAP_SYS_NICE or a limit on"
                  + " RTPRIO that allows it; where the kernel does not permit it, a warning says so"
                  + " and VRRP goes on without.");

  static final Key<Duration> WARM_UP =
      KEYS.key("warm_up", Type.duration("0s", "60s", "3s"), TrunklineConfig::warmUp)
          .untilRestart()
          .means(
              "How long after its start the daemon may take to warm up before it is ready, bids for"
                  + " VIPs, and takes over in an upgrade: it relays sessions of its own, so that"
                  + " its code is compiled when clients come. Its listeners serve meanwhile. What"
                  + " is not done by then goes on beside the clients. `0s` is none.");

  static final String DEFAULT_LISTENERS =
      """
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary}
        - {name: read, bind: "0.0.0.0:5001", route: replica, fallback: primary, max_lag: 16MB}
        - {name: postgres, bind: "0.0.0.0:5432", route: primary}
      """;

  private RootReader() {}

  static TrunklineConfig read(MappingReader in) {
    String node = in.find(NODE).orElse(in.context().machine().hostName());
    Clusters clusters = clusters(in);
    List<VipConfig> vips = vips(in, clusters, node);
    var binds = new Binds();
    List<ListenerConfig> listeners = listeners(in, clusters, binds);
    checkNotIdle(in, vips);
    AdminConfig admin = AdminReader.read(in.get(ADMIN), binds);
    binds.check(in.context().problems());
    return new TrunklineConfig(
        node,
        in.find(ZONE),
        clusters.all(),
        listeners,
        vips,
        admin,
        LogReader.read(in.get(LOG)),
        in.get(STATE_DIR),
        in.get(DRAIN_TIMEOUT),
        in.get(UPGRADE_TIMEOUT),
        in.findLong(MEMORY_LIMIT),
        in.findInt(THREADS),
        in.get(VRRP_RT_PRIORITY),
        in.get(WARM_UP));
  }

  private static Clusters clusters(MappingReader in) {
    List<ClusterConfig> clusters = new ArrayList<>();
    var names = new UniqueNames("cluster");
    for (MappingReader item : in.get(CLUSTERS)) {
      ClusterConfig cluster = ClusterReader.read(item);
      names.add(
          item,
          cluster.name(),
          item.has(ClusterReader.NAME) ? ClusterReader.NAME : ClusterReader.SCOPE);
      clusters.add(cluster);
    }
    if (in.isEmptyList(CLUSTERS)) {
      in.problem(CLUSTERS, "is empty; at least one cluster is needed");
    }
    return new Clusters(clusters);
  }

  private static List<ListenerConfig> listeners(MappingReader in, Clusters clusters, Binds binds) {
    List<ListenerConfig> listeners = new ArrayList<>();
    if (in.has(LISTENERS)) {
      var names = new UniqueNames("listener");
      for (MappingReader item : in.get(LISTENERS)) {
        ListenerConfig listener = ListenerReader.read(item, clusters);
        names.add(item, listener.name(), ListenerReader.NAME);
        binds.add(item.at(ListenerReader.BIND), item.path("bind"), listener.bind());
        listeners.add(listener);
      }
    } else if (clusters.all().size() == 1) {
      for (MappingReader item : defaultListeners(in.context())) {
        ListenerConfig listener = ListenerReader.read(item, clusters);
        binds.add(Position.NOWHERE, "default listener " + listener.name(), listener.bind());
        listeners.add(listener);
      }
    } else if (clusters.all().size() > 1) {
      in.problem(LISTENERS, "is missing; with several clusters each needs listeners of its own");
    }
    return listeners;
  }

  private static List<MappingReader> defaultListeners(Context context) {
    Node file = YamlTree.parse(DEFAULT_LISTENERS, context.problems()).orElseThrow();
    return MappingReader.open(context, KEYS, file, "").get(LISTENERS);
  }

  /** A database node whose addresses follow the leader needs no listener: PostgreSQL listens. */
  private static void checkNotIdle(MappingReader in, List<VipConfig> vips) {
    boolean movesAddresses =
        !vips.isEmpty() && vips.stream().allMatch(vip -> vip.mode() == VipConfig.Mode.LEADER);
    if (in.isEmptyList(LISTENERS) && !movesAddresses) {
      in.problem(
          LISTENERS,
          "is empty; name at least one, or remove the key to get the default ones"
              + " (only a node whose VIPs are all of mode: leader may have none)");
    }
  }

  private static List<VipConfig> vips(MappingReader in, Clusters clusters, String node) {
    List<VipConfig> vips = new ArrayList<>();
    var names = new UniqueNames("VIP");
    var rivals = new VipRivals();
    for (MappingReader item : in.get(VIPS)) {
      VipConfig vip = VipReader.read(item, clusters, node, rivals);
      names.add(item, vip.name(), VipReader.NAME);
      vips.add(vip);
    }
    return vips;
  }

  /** Sees to it that no two things of one kind have the same name. */
  private static final class UniqueNames {
    private final String kind;
    private final Map<String, Position> first = new HashMap<>();

    UniqueNames(String kind) {
      this.kind = kind;
    }

    /**
     * @param key the key that the name was taken from
     */
    void add(MappingReader in, String name, Key<?> key) {
      Position earlier = name.isEmpty() ? null : first.putIfAbsent(name, in.at(key));
      if (earlier != null) {
        in.problem(
            key,
            "%s %s is already defined on line %d; names must differ"
                .formatted(kind, Shown.of(name), earlier.line()));
      }
    }
  }
}
