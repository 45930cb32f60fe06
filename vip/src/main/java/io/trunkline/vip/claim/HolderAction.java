package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;

/** What a holder does. */
public sealed interface HolderAction {
  /** Put the addresses on the interface. */
  record AddAddresses() implements HolderAction {}

  /** Take the addresses off the interface. */
  record RemoveAddresses() implements HolderAction {}

  /** One gratuitous ARP or unsolicited neighbour advertisement for each address. */
  record AnnounceAddresses() implements HolderAction {}

  /** End the sessions that came in through the addresses, and say when it is done. */
  record EndSessions(VipReason reason) implements HolderAction {}

  /** The state changed: log it, count it, tell whoever listens. */
  record Transition(HolderState from, HolderState to, VipReason reason) implements HolderAction {}
}
