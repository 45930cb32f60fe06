package io.trunkline.config;

/** Which members a listener's sessions may go to. */
public enum RouteKind implements Labelled {
  /** The member that holds the leader key and is writable. */
  PRIMARY,
  /** Running replicas that may take load ({@code noloadbalance} is not set). */
  REPLICA,
  /** The primary and the replicas. */
  ANY,
  /** Replicas that Patroni lists as synchronous. */
  SYNC,
  /** Replicas that Patroni does not list as synchronous. */
  ASYNC,
  /** The leader of a standby cluster. */
  STANDBY_LEADER;

  /** Whether sessions on this route write, so that a superseded member must lose them. */
  public boolean writes() {
    return this == PRIMARY;
  }
}
