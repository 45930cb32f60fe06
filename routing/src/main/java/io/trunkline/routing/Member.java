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
 */
public record Member(
    String name,
    Optional<HostPort> postgres,
    Optional<DcsMember> dcs,
    RestHealth rest,
    ConnectHealth connect) {

  /** Tags by the freshest word. */
  public Tags tags() {
    return rest.last().map(RestAnswer::tags).or(() -> dcs.map(DcsMember::tags)).orElse(Tags.NONE);
  }
}
