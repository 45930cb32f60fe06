package io.trunkline.routing;

import java.util.OptionalLong;

/**
 * What a member says of itself in its {@code members/<name>} key.
 *
 * @param role Patroni's role
 * @param state PostgreSQL's state in Patroni's words, such as {@code running}
 * @param timeline PostgreSQL timeline
 * @param lsn WAL position in bytes: written on a primary, replayed (or else received) on a replica
 * @param streaming false when the replica does not stream; true when it does, or when it is not
 *     known
 * @param tags Patroni tags
 * @param pause the cluster is in maintenance mode, as this member saw it
 * @param modRevision etcd's revision of the last change of the key
 */
public record DcsMember(
    Role role,
    String state,
    OptionalLong timeline,
    OptionalLong lsn,
    boolean streaming,
    Tags tags,
    boolean pause,
    long modRevision) {
  /** Whether PostgreSQL runs. */
  boolean running() {
    return state.equals("running") || state.equals("streaming");
  }
}
