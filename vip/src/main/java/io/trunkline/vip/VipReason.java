package io.trunkline.vip;

import static io.trunkline.vip.VipState.BACKUP;
import static io.trunkline.vip.VipState.INITIALIZE;
import static io.trunkline.vip.VipState.MASTER;

import io.trunkline.config.Labelled;

/** Why a node is in the state it is in. The value is the log field and the metric label. */
public enum VipReason implements Labelled {
  NOT_STARTED(INITIALIZE, "not started"),
  STARTED(BACKUP, "started, listening for a master"),
  OWNER(MASTER, "owns the addresses (priority 255)"),
  MASTER_SILENT(MASTER, "no advertisement from a master"),
  MASTER_RELEASED(MASTER, "the master released the addresses"),
  PREEMPTED_LOWER(MASTER, "preempted a master of lower priority"),
  HIGHER_PRIORITY(BACKUP, "another node advertises a higher priority"),
  HIGHER_ADDRESS(BACKUP, "another node of the same priority has the higher address"),
  RELEASED(INITIALIZE, "an operator took the VIP from this node"),
  DRAINED(INITIALIZE, "an operator drains this node"),
  SHUTDOWN(INITIALIZE, "the daemon stops"),
  PASSED_ON(INITIALIZE, "a new process of this node has taken it over"),
  INHERITED(MASTER, "this process took it over from the previous one"),
  LINK_DOWN(INITIALIZE, "the interface is down"),
  NO_LOCAL_ADDRESS(INITIALIZE, "the interface has no address to advertise from"),
  HEARTBEAT_LOST(INITIALIZE, "a session loop of the daemon does not respond"),
  STALLED(BACKUP, "this process was stopped for longer than the other nodes wait"),
  ADDRESS_REFUSED(INITIALIZE, "the kernel refused the addresses"),
  ADDRESS_REMOVED(INITIALIZE, "something else keeps removing the addresses"),
  DUPLICATE_ADDRESS(BACKUP, "another host uses an address, and this node does not take it"),
  JOINED(BACKUP, "takes part as a backup"),
  LEASE_WON(MASTER, "holds the lease in etcd"),
  LEASE_ENDING(BACKUP, "the lease could not be renewed in time"),
  LEASE_LOST(BACKUP, "etcd no longer has this node's lease as the holder's"),
  HANDED_OVER(BACKUP, "another node serves, and this node does not"),
  LEADER(MASTER, "this node's member is Patroni's leader"),
  NOT_LEADER(BACKUP, "another member is Patroni's leader"),
  LEADERLESS(BACKUP, "Patroni's leader is not known for certain"),
  LEADER_OUT_OF_SIGHT(BACKUP, "this node cannot determine Patroni's leader");

  private final VipState state;
  private final String sentence;

  VipReason(VipState state, String sentence) {
    this.state = state;
    this.sentence = sentence;
  }

  /** Each reason leads into one state. */
  public VipState state() {
    return state;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
