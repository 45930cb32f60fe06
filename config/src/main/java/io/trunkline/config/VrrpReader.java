package io.trunkline.config;

import io.trunkline.config.VipConfig.Mode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code vrrp}, within what RFC 9568 (version 3) and RFC 3768 (version 2) can carry. */
final class VrrpReader {
  private static final Type<Duration> VERSION_2 = Type.duration("1s", "255s");
  private static final Type<Duration> VERSION_3 = Type.duration("10ms", "40950ms");

  static final Section<VipConfig> KEYS = new Section<>("vips[].vrrp");
  static final Key<Integer> VERSION =
      KEYS.key("version", Type.integer(2, 3).as("2, 3").or(3), spoken(VrrpConfig::version))
          .means("Version 2 has no IPv6. keepalived's default is 2.");
  static final Key<Integer> ROUTER_ID =
      KEYS.key("router_id", Type.integer(1, 255).or(51), spoken(VrrpConfig::routerId))
          .means(
              "The virtual router id: the same on all nodes that share the VIP, unique per"
                  + " interface and address family.");
  static final Key<Integer> PRIORITY =
      KEYS.key("priority", Type.integer(1, 255).or(100), spoken(VrrpConfig::priority))
          .means("The highest is the master. 255 is the owner of the address.");
  static final Key<Duration> ADVERT_INTERVAL =
      KEYS.key(
              "advert_interval",
              VERSION_3.as(
                  "duration; version 3: `10ms` to `40950ms` in steps of `10ms`; version 2: whole"
                      + " seconds, `1s` to `255s`"),
              spoken(VrrpConfig::advertInterval))
          .without("`300ms`; version 2: `1s`")
          .means("How often the master advertises. The same on all nodes.");
  static final Key<Boolean> PREEMPT =
      KEYS.key("preempt", Type.flag(true), spoken(VrrpConfig::preempt))
          .means("Take over from a master of lower priority.");
  static final Key<Duration> PREEMPT_DELAY =
      KEYS.key(
              "preempt_delay",
              Type.duration("0s", "1h", "0s"),
              spoken(vrrp -> Section.when(vrrp.preempt(), vrrp.preemptDelay())))
          .means("How long to wait before that. Not with `preempt: false`.");
  static final Key<List<Value>> UNICAST_PEERS =
      KEYS.key("unicast_peers", Type.values("list of addresses"), spoken(VrrpConfig::unicastPeers))
          .without("multicast")
          .means("Advertise to these nodes instead of the multicast group.");
  static final Key<Secret> AUTH_PASS =
      KEYS.secret("auth_pass", spoken(VrrpConfig::authPass))
          .means(
              "Version 2 only: keepalived's PASS authentication. As there, only its first 8"
                  + " characters count, and it protects from mistakes, not from attackers.");
  static final Key<Boolean> CHECKSUM_AS_V2 =
      KEYS.key(
              "checksum_as_v2",
              Type.flag(false),
              vip ->
                  Section.when(
                      vip.vrrp().version() == 3 && !isIpv6(vip.addresses().getFirst().address()),
                      spoken(VrrpConfig::checksumAsV2).apply(vip)))
          .means(
              "Version 3 over IPv4: leave the pseudo-header out of the checksum, as keepalived's"
                  + " `v3_checksum_as_v2`.");
  static final Key<Integer> GARP_REPEAT =
      KEYS.key("garp_repeat", Type.integer(1, 100).or(5), vip -> vip.vrrp().garpRepeat())
          .means("How many gratuitous ARPs (or unsolicited neighbour advertisements) a burst has.");
  static final Key<Duration> GARP_DELAY =
      KEYS.key("garp_delay", Type.duration("0s", "1h", "5s"), vip -> vip.vrrp().garpDelay())
          .means("When the burst is repeated after a takeover.");
  static final Key<Duration> GARP_REFRESH =
      KEYS.key("garp_refresh", Type.duration("0s", "24h", "0s"), vip -> vip.vrrp().garpRefresh())
          .means("How often the holder repeats it without a reason; `0s` is never.");

  private VrrpReader() {}

  static VrrpConfig read(MappingReader in, Mode mode, List<Cidr> addresses) {
    int version = in.get(VERSION);
    boolean preempt = in.get(PREEMPT);
    Optional<Secret> authPass = in.find(AUTH_PASS);
    if (mode != Mode.VRRP) {
      // The gratuitous ARPs are those of every mode.
      KEYS.names().stream()
          .filter(key -> !key.startsWith("garp_"))
          .forEach(key -> in.refuse(key, "is used only with mode: vrrp"));
    } else {
      checkVersion(in, version, addresses);
    }
    if (!preempt) {
      in.refuse(PREEMPT_DELAY, "has no meaning without preempt; remove it");
    }
    return new VrrpConfig(
        version,
        in.get(ROUTER_ID),
        in.get(PRIORITY),
        advertInterval(in, version),
        preempt,
        in.get(PREEMPT_DELAY),
        peers(in, addresses),
        authPass,
        in.get(CHECKSUM_AS_V2),
        in.get(GARP_REPEAT),
        in.get(GARP_DELAY),
        in.get(GARP_REFRESH));
  }

  private static void checkVersion(MappingReader in, int version, List<Cidr> addresses) {
    boolean ipv6 = !addresses.isEmpty() && isIpv6(addresses.getFirst().address());
    if (version == 2 && ipv6) {
      in.problem(VERSION, "VRRP 2 carries no IPv6 addresses; write version: 3");
    }
    if (version == 2 || ipv6) {
      in.refuse(CHECKSUM_AS_V2, "is used only with version 3 over IPv4");
    }
    if (version == 3) {
      for (String key : List.of("auth_pass", "auth_pass_file")) {
        in.refuse(key, "is used only with version: 2; VRRP 3 has no authentication");
      }
    }
  }

  /** Version 2 counts in seconds, version 3 in hundredths of a second, in 12 bits. */
  private static Duration advertInterval(MappingReader in, int version) {
    Key<?> key = ADVERT_INTERVAL;
    Duration interval =
        version == 2
            ? VERSION_2.reading().of(in, key.name()).orElse(Duration.ofSeconds(1))
            : VERSION_3.reading().of(in, key.name()).orElse(Duration.ofMillis(300));
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
    for (Value value : in.get(UNICAST_PEERS)) {
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

  /** What other modes do not speak, and do not write. */
  private static Function<VipConfig, ?> spoken(Function<VrrpConfig, ?> value) {
    return vip -> Section.when(vip.mode() == Mode.VRRP, value.apply(vip.vrrp()));
  }

  private static boolean isIpv6(InetAddress address) {
    return address.getAddress().length == 16;
  }
}
