package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import java.net.InetAddress;

/** What a virtual router can be told. */
public sealed interface VrrpEvent {
  /** The interface is up, the daemon is alive: take part, advertising from that address. */
  record Startup(InetAddress local) implements VrrpEvent {}

  /**
   * Take part, as the master if that is what a former process of this node was a moment ago: the
   * addresses are on the interface already.
   */
  record Inherit(InetAddress local) implements VrrpEvent {}

  /**
   * Stop, and leave everything as it is: another process of this node goes on with it. One that
   * lets go already does that first.
   */
  record PassOn() implements VrrpEvent {}

  /**
   * Let go in an orderly way: a master asks the others to take over, keeps the addresses until one
   * has, ends its sessions, and only then removes them.
   */
  record Release(VipReason reason) implements VrrpEvent {}

  /** The sessions that {@link VrrpAction.EndSessions} asked to end have ended. */
  record SessionsEnded() implements VrrpEvent {}

  /** Let go soon: something is broken. A master says so, and ends its sessions, if it can. */
  record Fail(VipReason reason) implements VrrpEvent {}

  /** The interface went down or away: nothing can be sent. */
  record LinkDown() implements VrrpEvent {}

  /** Another node's advertisement, checked. */
  record AdvertisementReceived(Advertisement advertisement) implements VrrpEvent {}

  /** The deadline of the state has come. */
  record TimerExpired() implements VrrpEvent {}

  /** The effective priority changed. */
  record PriorityChanged(int priority) implements VrrpEvent {}

  /** Something else removed an address while this node is the master. */
  record AddressLost() implements VrrpEvent {}

  /** Another host answers for one of the addresses while this node is the master. */
  record AddressContested() implements VrrpEvent {}
}
