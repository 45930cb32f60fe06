package io.trunkline.vip.linux;

/** Numbers of rtnetlink (man 7 rtnetlink; linux/rtnetlink.h, if_addr.h, if.h). */
final class Netlink {
  static final int NETLINK_ROUTE = 0;

  static final short NLMSG_ERROR = 2;
  static final short NLMSG_DONE = 3;
  static final short RTM_NEWLINK = 16;
  static final short RTM_DELLINK = 17;
  static final short RTM_GETLINK = 18;
  static final short RTM_NEWADDR = 20;
  static final short RTM_DELADDR = 21;
  static final short RTM_GETADDR = 22;

  static final short NLM_F_REQUEST = 0x1;
  static final short NLM_F_ACK = 0x4;
  static final short NLM_F_DUMP = 0x300;
  static final short NLM_F_REPLACE = 0x100;
  static final short NLM_F_CREATE = 0x400;

  static final int GROUP_LINK = 0x1;
  static final int GROUP_IPV4_ADDRESS = 0x10;
  static final int GROUP_IPV6_ADDRESS = 0x100;

  static final short IFLA_ADDRESS = 1;
  static final short IFLA_IFNAME = 3;
  static final short IFA_ADDRESS = 1;
  static final short IFA_LOCAL = 2;
  static final short IFA_CACHEINFO = 6;
  static final short IFA_FLAGS = 8;

  static final int IFF_UP = 0x1;
  static final int IFF_RUNNING = 0x40;
  static final int IFA_F_SECONDARY = 0x01;
  static final int IFA_F_NODAD = 0x02;
  static final int IFA_F_DEPRECATED = 0x20;
  static final int IFA_F_TENTATIVE = 0x40;
  static final int IFA_F_NOPREFIXROUTE = 0x200;

  static final int HEADER = 16;
  static final int SEQUENCE = 8;
  static final int PORT_ID = 12;
  static final int ADDRESS_HEADER = 8;
  static final int LINK_HEADER = 16;

  private Netlink() {}

  static int align(int length) {
    return (length + 3) & ~3;
  }
}
