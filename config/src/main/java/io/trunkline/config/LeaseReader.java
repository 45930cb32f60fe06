package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;

/** Reads {@code etcd} of a VIP. */
final class LeaseReader {
  private static final Duration BY_DEFAULT = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofHours(1);

  private LeaseReader() {}

  static LeaseConfig read(MappingReader in, String vip, Optional<ClusterConfig> cluster) {
    String group =
        in.value("group")
            .flatMap(Value::name)
            .or(() -> cluster.map(ClusterConfig::name))
            .orElse("");
    LeaseConfig lease = new LeaseConfig(group, ttl(in));
    cluster
        .map(ClusterConfig::prefix)
        .filter(lease.prefix(vip)::startsWith)
        .ifPresent(
            patroni ->
                in.problem(
                    "group",
                    "%s would be among Patroni's own keys (%s); write another group"
                        .formatted(lease.prefix(vip), patroni)));
    return lease;
  }

  private static Duration ttl(MappingReader in) {
    Duration ttl = in.duration("lease_ttl", BY_DEFAULT, Duration.ofSeconds(1), LONGEST);
    if (ttl.compareTo(LeaseConfig.SHORTEST) < 0) {
      in.problem(
          "lease_ttl",
          "%ds is too short: until a dead holder's kernel has removed the addresses (%ds), between"
                  .formatted(ttl.toSeconds(), LeaseConfig.KERNEL.toSeconds())
              + " two renewals (%ds) and until etcd has answered (%ds) it takes %ds; write %ds or more"
                  .formatted(
                      LeaseConfig.RENEWAL.toSeconds(),
                      LeaseConfig.ANSWER.toSeconds(),
                      LeaseConfig.SHORTEST.toSeconds(),
                      LeaseConfig.SHORTEST.toSeconds()));
    } else if (ttl.toMillis() % 1000 != 0) {
      in.problem("lease_ttl", "must be whole seconds, as in " + ttl.toSeconds() + "s");
    }
    return ttl;
  }
}
