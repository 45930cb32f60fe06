package io.trunkline.vip.linux;

/**
 * A network interface as rtnetlink describes it.
 *
 * @param up administratively up, and with a carrier
 * @param mac its hardware address; empty if it has none
 */
public record Link(int index, String name, boolean up, MacAddress mac) {}
