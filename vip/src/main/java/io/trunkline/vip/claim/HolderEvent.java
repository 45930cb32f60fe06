package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;

/** What happens to a node that may hold addresses. */
public sealed interface HolderEvent {
  /** Nothing is in the way: take part. */
  record Join() implements HolderEvent {}

  /**
   * Take part no more.
   *
   * @param orderly end the sessions first
   */
  record Leave(VipReason reason, boolean orderly) implements HolderEvent {}

  /**
   * Stop, and leave everything as it is: another process of this node goes on with it. One that
   * ends sessions already does that first.
   */
  record PassOn() implements HolderEvent {}

  /** The claim is another one now, or lasts longer. */
  record Claimed(Claim claim) implements HolderEvent {}

  /** The sessions that {@link HolderAction.EndSessions} asked to end have ended. */
  record SessionsEnded() implements HolderEvent {}

  /** The deadline of the state has come. */
  record TimerExpired() implements HolderEvent {}

  /** Something else removed an address while this node holds it. */
  record AddressLost() implements HolderEvent {}

  /** Another host answers for one of the addresses while this node holds them. */
  record AddressContested() implements HolderEvent {}
}
