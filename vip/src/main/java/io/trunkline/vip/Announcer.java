package io.trunkline.vip;

import io.trunkline.vip.linux.PacketSocket;
import java.net.InetAddress;
import java.util.List;

/** Tells the network where one VIP's addresses are, and asks whether anybody else has them. */
final class Announcer {
  private final Port port;
  private final List<InetAddress> addresses;
  private final Counters counters;

  Announcer(Port port, List<InetAddress> addresses, Counters counters) {
    this.port = port;
    this.addresses = List.copyOf(addresses);
    this.counters = counters;
  }

  /** One gratuitous ARP or unsolicited neighbour advertisement for each address. */
  void announce() {
    PacketSocket packets = port.packets();
    if (packets == null) {
      return;
    }
    for (int i = 0; i < addresses.size(); i++) {
      if (packets.announce(addresses.get(i))) {
        counters.announcements.incrementAndGet();
      }
      packets.probe(addresses.get(i));
    }
  }

  /** Asks who else has the addresses. */
  void probe() {
    PacketSocket packets = port.packets();
    for (int i = 0; packets != null && i < addresses.size(); i++) {
      packets.probe(addresses.get(i));
    }
  }
}
