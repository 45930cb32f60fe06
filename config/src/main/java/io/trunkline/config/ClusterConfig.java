package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One Patroni cluster.
 *
 * @param namespace with a leading and a trailing slash
 * @param etcd empty where the cluster is known by REST alone
 * @param auth empty: clients log in at their members themselves
 * @param holdTimeout empty (auto): as long as Patroni may need to replace a primary
 * @param maxLogins empty: as many as the member handles well
 */
public record ClusterConfig(
    String name,
    String scope,
    String namespace,
    Optional<EtcdConfig> etcd,
    PatroniConfig patroni,
    Optional<SentinelConfig> sentinel,
    Optional<AuthConfig> auth,
    Optional<Duration> holdTimeout,
    int holdLimit,
    Duration isolationGrace,
    OnIsolation onIsolation,
    OptionalInt maxLogins) {

  /** The key prefix of this cluster in etcd, with a trailing slash: {@code /service/scope/}. */
  public String prefix() {
    return namespace + scope + "/";
  }

  /** What to do with writes when this node may be on the small side of a partition. */
  public enum OnIsolation implements Labelled {
    HOLD,
    KEEP
  }
}
