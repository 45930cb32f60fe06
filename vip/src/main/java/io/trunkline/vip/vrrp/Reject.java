package io.trunkline.vip.vrrp;

import io.trunkline.config.Labelled;

/** Why a received packet was not an advertisement for this group (RFC 9568 section 7.1). */
public enum Reject implements Labelled {
  /** Fewer bytes than the header, or than its address count promises. */
  SHORT,
  /** More bytes than its address count promises. */
  LONG,
  /** Hop limit or TTL other than 255: it has crossed a router. */
  TTL,
  /** Sent from this node's own address: looped back, or another host has the same address. */
  OWN,
  /** Unicast: not one of the configured peers. */
  PEER,
  /** Another group's. */
  ROUTER_ID,
  VERSION,
  /** Not an advertisement. */
  TYPE,
  CHECKSUM,
  /** Version 2: another kind of authentication, or another password. */
  AUTH,
  ADDRESS_COUNT,
  /** Other addresses than this group's, or another order. */
  ADDRESS_LIST,
  /** Version 2: another interval than this node's; version 3: zero. */
  INTERVAL
}
