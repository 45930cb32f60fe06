package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One Patroni cluster.
 *
 * @param name default: the scope
 * @param scope Patroni's {@code scope}
 * @param namespace Patroni's {@code namespace}, with a leading and a trailing slash; default {@code
 *     /service/}
 * @param etcd where the leader key is; empty where the cluster is known by REST alone
 * @param patroni how members' REST APIs are asked
 * @param sentinel credentials for one watching connection per member; optional
 * @param holdTimeout how long a client waits at most while nobody may be written to; empty (auto):
 *     as long as Patroni may need to replace a primary
 * @param holdLimit how many clients may wait at once; default 10 000
 * @param isolationGrace how long neither etcd nor most members may be out of sight before writes
 *     are held; default 3 s
 * @param onIsolation what happens then; default hold
 * @param maxLogins how many logins may be under way at one member, 1 to 10 000; empty: as many as
 *     the member handles well
 */
public record ClusterConfig(
    String name,
    String scope,
    String namespace,
    Optional<EtcdConfig> etcd,
    PatroniConfig patroni,
    Optional<SentinelConfig> sentinel,
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
  public enum OnIsolation {
    HOLD,
    KEEP
  }
}
