package io.trunkline.vip;

/**
 * What a process leaves to the next one of this node, of one VIP.
 *
 * @param held whether it had the addresses: they are still on the interface, and the kernel removes
 *     them if nobody renews them
 * @param lease its lease in etcd; 0: none
 */
public record VipHandover(boolean held, long lease) {
  /** Of a VIP that it did not have. */
  public static final VipHandover NOTHING = new VipHandover(false, 0);
}
