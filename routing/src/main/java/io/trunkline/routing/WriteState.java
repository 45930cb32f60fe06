package io.trunkline.routing;

import io.trunkline.config.Labelled;

/** The states of a cluster's write route. */
public enum WriteState implements Labelled {
  /** Writes go to the member that holds the leader key and is writable. */
  OPEN,
  /** A switchover is due: new sessions wait for the new primary. */
  SWITCHING,
  /** Nobody may be written to: new sessions wait. */
  HOLDING,
  /** etcd is out of reach; Patroni's REST APIs and most members are not. */
  DEGRADED,
  /** This node may be on the small side of a partition. */
  ISOLATED;
}
