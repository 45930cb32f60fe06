package io.trunkline.routing;

import io.trunkline.config.HostPort;
import java.util.Optional;

/**
 * All that is known of one member of a cluster.
 *
 * @param name Patroni's name of the member
 * @param postgres where its PostgreSQL listens; empty while nobody has said
 * @param dcs its own words in etcd; empty when the key is absent or junk
 * @param rest its REST API
 * @param connect its PostgreSQL port
 * @param sentinel the connection that watches whether it is writable; empty when none is configured
 */
public record Member(
    String name,
    Optional<HostPort> postgres,
    Optional<DcsMember> dcs,
    RestHealth rest,
    ConnectHealth connect,
    Optional<SentinelHealth> sentinel) {

  /** One that no sentinel watches. */
  public Member(
      String name,
      Optional<HostPort> postgres,
      Optional<DcsMember> dcs,
      RestHealth rest,
      ConnectHealth connect) {
    this(name, postgres, dcs, rest, connect, Optional.empty());
  }

  /** Tags by the freshest word. */
  public Tags tags() {
    return rest.last().map(RestAnswer::tags).or(() -> dcs.map(DcsMember::tags)).orElse(Tags.NONE);
  }
}
