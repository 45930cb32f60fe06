package io.trunkline.importer.patroni;

import java.util.Set;

/** A kind of member, as far as a health check of Patroni can tell it from another. */
public enum PatroniMember {
  PRIMARY,
  STANDBY_LEADER,
  SYNC,
  QUORUM,
  ASYNC,
  /** A replica that is behind by more than the check's {@code lag} allows. */
  LAGGING,
  /** A replica without the tag that the check asks for. */
  UNTAGGED,
  /** A replica that is not in the check's {@code replication_state}. */
  NOT_STREAMING,
  /** A replica with the tag {@code noloadbalance}. */
  NOT_BALANCED,
  /** One whose PostgreSQL does not run. */
  DOWN;

  /** Running replicas in order, as they are without synchronous mode, with it, or with a quorum. */
  static final Set<PatroniMember> REPLICAS = Set.of(SYNC, QUORUM, ASYNC);

  /** Whether it is a running replica that something is said of. */
  boolean isOddReplica() {
    return compareTo(ASYNC) > 0 && this != DOWN;
  }
}
