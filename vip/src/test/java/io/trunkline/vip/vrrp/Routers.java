package io.trunkline.vip.vrrp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Virtual routers and addresses for tests. */
final class Routers {
  static final Announcements GARP = new Announcements(5, Duration.ofSeconds(5), Duration.ZERO);
  static final InetAddress LOCAL = ip("192.168.0.12");

  private Routers() {}

  static VirtualRouter v3(Duration interval, String... addresses) {
    return v3(interval, true, Duration.ZERO, addresses);
  }

  static VirtualRouter v3(Duration interval, boolean preempt, Duration delay, String... addresses) {
    return new VirtualRouter(
        VrrpVersion.V3, 51, ips(addresses), interval, preempt, delay, Password.NONE, false, GARP);
  }

  static VirtualRouter v2(String password, String... addresses) {
    return new VirtualRouter(
        VrrpVersion.V2,
        51,
        ips(addresses),
        Duration.ofSeconds(1),
        true,
        Duration.ZERO,
        Password.of(password),
        false,
        GARP);
  }

  static VirtualRouter checksumAsV2(VirtualRouter router) {
    return new VirtualRouter(
        router.version(),
        router.routerId(),
        router.addresses(),
        router.advertInterval(),
        router.preempt(),
        router.preemptDelay(),
        router.password(),
        true,
        router.announcements());
  }

  static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static List<InetAddress> ips(String... addresses) {
    return Stream.of(addresses).map(Routers::ip).toList();
  }
}
