package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;

/** Reads {@code etcd} of a VIP. */
final class LeaseReader {
  static final Section<LeaseConfig> KEYS = new Section<>("vips[].etcd");
  static final Key<String> GROUP =
      KEYS.key("group", Type.NAME, LeaseConfig::group)
          .without("the cluster's name")
          .means("The same on all nodes that share the VIP.");
  static final Key<Duration> LEASE_TTL =
      KEYS.key(
              "lease_ttl",
              Type.duration("1s", "1h")
                  .as("duration, whole seconds, `5s` to `1h`")
                  .or(Duration.ofSeconds(10)),
              LeaseConfig::ttl)
          .means(
              "How long a holder's lease lasts without renewal: when the holder dies, the next node"
                  + " has the addresses after this long. When etcd cannot be reached, the holder"
                  + " gives them up 2 s before its lease ends. The same on all nodes.");

  private LeaseReader() {}

  static LeaseConfig read(MappingReader in, String vip, Optional<ClusterConfig> cluster) {
    String group = in.find(GROUP).or(() -> cluster.map(ClusterConfig::name)).orElse("");
    LeaseConfig lease = new LeaseConfig(group, ttl(in));
    cluster
        .map(ClusterConfig::prefix)
        .filter(lease.prefix(vip)::startsWith)
        .ifPresent(
            patroni ->
                in.problem(
                    GROUP,
                    "%s would be among Patroni's own keys (%s); write another group"
                        .formatted(lease.prefix(vip), patroni)));
    return lease;
  }

  private static Duration ttl(MappingReader in) {
    Duration ttl = in.get(LEASE_TTL);
    if (ttl.compareTo(LeaseConfig.SHORTEST) < 0) {
      in.problem(
          LEASE_TTL,
          "%ds is too short: until a dead holder's kernel has removed the addresses (%ds), between"
                  .formatted(ttl.toSeconds(), LeaseConfig.KERNEL.toSeconds())
              + " two renewals (%ds) and until etcd has answered (%ds) it takes %ds; write %ds or more"
                  .formatted(
                      LeaseConfig.RENEWAL.toSeconds(),
                      LeaseConfig.ANSWER.toSeconds(),
                      LeaseConfig.SHORTEST.toSeconds(),
                      LeaseConfig.SHORTEST.toSeconds()));
    } else if (ttl.toMillis() % 1000 != 0) {
      in.problem(LEASE_TTL, "must be whole seconds, as in " + ttl.toSeconds() + "s");
    }
    return ttl;
  }
}
