package io.trunkline.vip.linux;

/** The two Linux capabilities that a virtual router needs. */
public enum Capability {
  /** Raw and packet sockets. */
  CAP_NET_RAW,
  /** Adding and removing addresses. */
  CAP_NET_ADMIN
}
