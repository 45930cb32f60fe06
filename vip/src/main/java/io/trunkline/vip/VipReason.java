package io.trunkline.vip;

import io.trunkline.config.Labelled;

/** Why a node is in the state it is in. The value is the log field and the metric label. */
public enum VipReason implements Labelled {
  NOT_STARTED("not started"),
  STARTED("started, listening for a master"),
  OWNER("owns the addresses (priority 255)"),
  MASTER_SILENT("no advertisement from a master"),
  MASTER_RELEASED("the master released the addresses"),
  PREEMPTED_LOWER("preempted a master of lower priority"),
  HIGHER_PRIORITY("another node advertises a higher priority"),
  HIGHER_ADDRESS("another node of the same priority has the higher address"),
  RELEASED("an operator took the VIP from this node"),
  DRAINED("an operator drains this node"),
  SHUTDOWN("the daemon stops"),
  PASSED_ON("a new process of this node has taken it over"),
  INHERITED("this process took it over from the previous one"),
  LINK_DOWN("the interface is down"),
  NO_LOCAL_ADDRESS("the interface has no address to advertise from"),
  HEARTBEAT_LOST("a session loop of the daemon does not respond"),
  STALLED("this process was stopped for longer than the other nodes wait"),
  ADDRESS_REFUSED("the kernel refused the addresses"),
  ADDRESS_REMOVED("something else keeps removing the addresses"),
  DUPLICATE_ADDRESS("another host uses an address, and this node does not take it"),
  JOINED("takes part as a backup"),
  LEASE_WON("holds the lease in etcd"),
  LEASE_ENDING("the lease could not be renewed in time"),
  LEASE_LOST("etcd no longer has this node's lease as the holder's"),
  HANDED_OVER("another node serves, and this node does not"),
  LEADER("this node's member is Patroni's leader"),
  NOT_LEADER("another member is Patroni's leader"),
  LEADERLESS("Patroni's leader is not known for certain"),
  LEADER_OUT_OF_SIGHT("this node cannot determine Patroni's leader");

  private final String sentence;

  VipReason(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
