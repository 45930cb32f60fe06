package io.trunkline.vip.vrrp;

import java.time.Duration;

/**
 * The advertisement interval on the wire: whole seconds in 8 bits (RFC 3768 section 5.3.7) or
 * centiseconds in 12 bits (RFC 9568 section 5.2.7). The only place where it is a number.
 */
final class Intervals {
  private static final Duration CENTISECOND = Duration.ofMillis(10);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private Intervals() {}

  static boolean expressible(VrrpVersion version, Duration interval) {
    return interval.equals(decode(version, encode(version, interval)))
        && encode(version, interval) >= 1
        && encode(version, interval) <= most(version);
  }

  static int encode(VrrpVersion version, Duration interval) {
    return Math.toIntExact(interval.dividedBy(unit(version)));
  }

  static Duration decode(VrrpVersion version, int units) {
    return unit(version).multipliedBy(units);
  }

  private static int most(VrrpVersion version) {
    return switch (version) {
      case V2 -> 0xff;
      case V3 -> 0xfff;
    };
  }

  private static Duration unit(VrrpVersion version) {
    return switch (version) {
      case V2 -> SECOND;
      case V3 -> CENTISECOND;
    };
  }
}
