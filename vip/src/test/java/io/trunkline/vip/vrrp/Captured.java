package io.trunkline.vip.vrrp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;

/** Packets captured from keepalived: see the resource for what sent them. */
final class Captured {
  private Captured() {}

  static Datagram packet(String name) {
    byte[] packet = bytes(name);
    boolean ipv6 = packet[0] >> 4 == 6;
    int header = ipv6 ? 40 : 20;
    ByteBuffer message = ByteBuffer.wrap(packet, header, packet.length - header).slice();
    Datagram datagram = new Datagram(message, ipv6);
    System.arraycopy(packet, ipv6 ? 8 : 12, datagram.source(), 0, ipv6 ? 16 : 4);
    System.arraycopy(packet, ipv6 ? 24 : 16, datagram.destination(), 0, ipv6 ? 16 : 4);
    datagram.hopLimit(packet[ipv6 ? 7 : 8] & 0xff);
    return datagram;
  }

  private static byte[] bytes(String name) {
    try (InputStream in = Captured.class.getResourceAsStream("/vrrp/keepalived.hex")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> HexFormat.of().parseHex(line.substring(name.length() + 2)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
