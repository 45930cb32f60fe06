package io.trunkline.vip;

import io.trunkline.vip.linux.VrrpSocket;
import io.trunkline.vip.vrrp.VrrpCodec;
import java.net.InetAddress;
import java.util.List;

/** The advertisements that one VIP sends, to the group or the peers. */
final class Outbox {
  private final Port port;
  private final VrrpCodec codec;
  private final boolean ipv6;
  private final List<byte[]> peers;
  private final Counters counters;

  Outbox(Port port, VrrpCodec codec, boolean ipv6, List<InetAddress> peers, Counters counters) {
    this.port = port;
    this.codec = codec;
    this.ipv6 = ipv6;
    this.peers = peers.stream().map(InetAddress::getAddress).toList();
    this.counters = counters;
  }

  /** Whether that sender may speak: with unicast peers, nobody else. */
  boolean knows(byte[] source) {
    if (peers.isEmpty()) {
      return true;
    }
    for (int i = 0; i < peers.size(); i++) {
      if (java.util.Arrays.equals(peers.get(i), source)) {
        return true;
      }
    }
    return false;
  }

  void advertise(int priority, byte[] local) {
    VrrpSocket socket = port.socket(ipv6);
    if (socket == null) {
      return;
    }
    if (peers.isEmpty()) {
      send(socket, priority, local, socket.group().getAddress());
      return;
    }
    for (int i = 0; i < peers.size(); i++) {
      send(socket, priority, local, peers.get(i));
    }
  }

  private void send(VrrpSocket socket, int priority, byte[] local, byte[] destination) {
    int length = codec.encode(priority, local, destination, socket.outgoing());
    if (socket.send(length, local, destination) == 0) {
      counters.sent.incrementAndGet();
    } else {
      counters.sendErrors.incrementAndGet();
    }
  }
}
