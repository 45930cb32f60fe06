package io.trunkline.vip;

import io.trunkline.vip.linux.VrrpSocket;
import io.trunkline.vip.vrrp.VrrpCodec;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The advertisements that one VIP sends, to the group or the peers. */
final class AdvertisementSender {
  private final VipInterface nic;
  private final VrrpCodec codec;
  private final boolean ipv6;
  private final List<byte[]> peers;
  private final Counters counters;
  private final List<byte[]> destinations;
  private List<byte[]> prepared = List.of();
  private int preparedPriority = -1;
  private byte[] preparedLocal = new byte[0];

  AdvertisementSender(
      VipInterface nic, VrrpCodec codec, boolean ipv6, List<InetAddress> peers, Counters counters) {
    this.nic = nic;
    this.codec = codec;
    this.ipv6 = ipv6;
    this.peers = peers.stream().map(InetAddress::getAddress).toList();
    this.destinations = peers.isEmpty() ? List.of(VrrpSocket.group(ipv6).getAddress()) : this.peers;
    this.counters = counters;
  }

  /** Whether that sender may speak: with unicast peers, nobody else. */
  boolean knows(byte[] source) {
    if (peers.isEmpty()) {
      return true;
    }
    for (int i = 0; i < peers.size(); i++) {
      if (Arrays.equals(peers.get(i), source)) {
        return true;
      }
    }
    return false;
  }

  /** Sends an advertisement. One that differs from the last is encoded first. */
  void advertise(int priority, byte[] local) {
    if (priority != preparedPriority || !Arrays.equals(local, preparedLocal)) {
      prepare(priority, local);
    }
    VrrpSocket socket = nic.socket(ipv6);
    if (socket == null) {
      return;
    }
    for (int i = 0; i < destinations.size(); i++) {
      byte[] message = prepared.get(i);
      socket.outgoing().put(0, message);
      boolean taken = socket.send(message.length, preparedLocal, destinations.get(i));
      (taken ? counters.sent : counters.sendErrors).incrementAndGet();
    }
  }

  private void prepare(int priority, byte[] local) {
    preparedPriority = priority;
    preparedLocal = local;
    prepared = new ArrayList<>();
    ByteBuffer message = ByteBuffer.allocate(VrrpCodec.LONGEST);
    for (byte[] destination : destinations) {
      int length = codec.encode(priority, local, destination, message);
      prepared.add(Arrays.copyOf(message.array(), length));
    }
  }
}
