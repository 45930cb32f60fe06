package io.trunkline.vip;

/** What keeps a VIP in INITIALIZE. */
enum Hold {
  LINK,
  LOCAL_ADDRESS,
  HEARTBEAT,
  RELEASED,
  /** Something failed: tried again after a while. */
  FAULT
}
