package io.trunkline.vip;

/** What keeps a VIP in INITIALIZE. */
enum Hold {
  LINK,
  LOCAL_ADDRESS,
  HEARTBEAT,
  RELEASED,
  /** Another process of this node takes part: the one before, or the one after. */
  OTHER_PROCESS,
  /** Something failed: tried again after a while. */
  FAULT
}
