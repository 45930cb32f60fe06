package io.trunkline.routing;

import java.util.Locale;

/** The states of a cluster's write route. */
public enum WriteState {
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

  /** The word in logs, metrics and JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
