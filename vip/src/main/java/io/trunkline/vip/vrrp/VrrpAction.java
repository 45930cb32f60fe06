package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;

/** What the shell must do, in the order given. */
public sealed interface VrrpAction {
  /** Send one advertisement with that priority. */
  record SendAdvertisement(int priority) implements VrrpAction {}

  /** Put the addresses on the interface. */
  record AddAddresses() implements VrrpAction {}

  /** Take the addresses off the interface. */
  record RemoveAddresses() implements VrrpAction {}

  /** One gratuitous ARP or unsolicited neighbour advertisement for each address. */
  record AnnounceAddresses() implements VrrpAction {}

  /** End the sessions that came in through the addresses, and say when it is done. */
  record EndSessions(VipReason reason) implements VrrpAction {}

  /** The state changed: log it, count it, tell whoever listens. */
  record Transition(VrrpState from, VrrpState to, VipReason reason) implements VrrpAction {}
}
