package io.trunkline.config;

import io.trunkline.config.VipConfig.Mode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code vrrp}, within what RFC 9568 (version 3) and RFC 3768 (version 2) can carry. */
final class VrrpReader {
  private static final Duration HOUR = Duration.ofHours(1);

  private VrrpReader() {}

  static VrrpConfig read(MappingReader in, Mode mode, List<Cidr> addresses) {
    int version = in.integer("version", 3, 2, 3);
    boolean preempt = in.flag("preempt", true);
    Optional<Secret> authPass = Secrets.read(in, "auth_pass");
    if (mode != Mode.VRRP) {
      // The gratuitous ARPs are those of every mode.
      Sections.VRRP.keys().stream()
          .filter(key -> !key.startsWith("garp_"))
          .forEach(key -> in.refuse(key, "is used only with mode: vrrp"));
    } else {
      checkVersion(in, version, addresses);
    }
    if (!preempt) {
      in.refuse("preempt_delay", "has no meaning without preempt; remove it");
    }
    return new VrrpConfig(
        version,
        in.integer("router_id", 51, 1, 255),
        in.integer("priority", 100, 1, 255),
        advertInterval(in, version),
        preempt,
        in.duration("preempt_delay", Duration.ZERO, Duration.ZERO, HOUR),
        peers(in, addresses),
        authPass,
        in.flag("checksum_as_v2", false),
        in.integer("garp_repeat", 5, 1, 100),
        in.duration("garp_delay", Duration.ofSeconds(5), Duration.ZERO, HOUR),
        in.duration("garp_refresh", Duration.ZERO, Duration.ZERO, Duration.ofHours(24)));
  }

  private static void checkVersion(MappingReader in, int version, List<Cidr> addresses) {
    boolean ipv6 = !addresses.isEmpty() && isIpv6(addresses.getFirst().address());
    if (version == 2 && ipv6) {
      in.problem("version", "VRRP 2 carries no IPv6 addresses; write version: 3");
    }
    if (version == 2 || ipv6) {
      in.refuse("checksum_as_v2", "is used only with version 3 over IPv4");
    }
    if (version == 3) {
      for (String key : List.of("auth_pass", "auth_pass_file")) {
        in.refuse(key, "is used only with version: 2; VRRP 3 has no authentication");
      }
    }
  }

  /** Version 2 counts in seconds, version 3 in hundredths of a second, in 12 bits. */
  private static Duration advertInterval(MappingReader in, int version) {
    String key = "advert_interval";
    Duration interval =
        version == 2
            ? in.duration(
                key, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(255))
            : in.duration(
                key, Duration.ofMillis(300), Duration.ofMillis(10), Duration.ofMillis(40_950));
    long millis = interval.toMillis();
    if (version == 2 && millis % 1000 != 0) {
      in.problem(key, "must be whole seconds with version 2, as in " + millis / 1000 + "s");
    }
    if (version == 3 && millis % 10 != 0) {
      in.problem(key, "must be a multiple of 10ms, as in " + millis / 10 * 10 + "ms");
    }
    return interval;
  }

  private static List<InetAddress> peers(MappingReader in, List<Cidr> addresses) {
    List<InetAddress> peers = new ArrayList<>();
    for (Value value : in.values("unicast_peers")) {
      Optional<InetAddress> peer = value.as(Addresses::address);
      if (peer.isPresent()
          && !addresses.isEmpty()
          && isIpv6(peer.get()) != isIpv6(addresses.getFirst().address())) {
        value.reject(Shown.of(value.text()) + " is of another family than the VIP's addresses");
      } else if (peer.filter(InetAddress::isMulticastAddress).isPresent()) {
        value.reject(
            Shown.of(value.text()) + " is a multicast group; without peers multicast is used");
      }
      peer.ifPresent(peers::add);
    }
    return peers;
  }

  private static boolean isIpv6(InetAddress address) {
    return address.getAddress().length == 16;
  }
}
