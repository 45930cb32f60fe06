package io.trunkline.vip.vrrp;

import java.time.Duration;

/** The version of the protocol, and the durations that differ between them. */
public enum VrrpVersion {
  /** RFC 3768: the interval is whole seconds in 8 bits (section 5.3.7). */
  V2(2, Duration.ofSeconds(1), 0xff),
  /** RFC 9568, which obsoletes RFC 5798: it is centiseconds in 12 bits (section 5.2.7). */
  V3(3, Duration.ofMillis(10), 0xfff);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final int number;
  private final Duration unit;
  private final int most;

  VrrpVersion(int number, Duration unit, int most) {
    this.number = number;
    this.unit = unit;
    this.most = most;
  }

  /** The number in the packet. */
  public int number() {
    return number;
  }

  /** The version with that number. */
  public static VrrpVersion of(int number) {
    return switch (number) {
      case 2 -> V2;
      case 3 -> V3;
      default -> throw new IllegalArgumentException("VRRP version " + number + " is not 2 or 3");
    };
  }

  /** Whether a packet can say that interval. */
  boolean expressible(Duration interval) {
    int units = units(interval);
    return units >= 1 && units <= most && interval(units).equals(interval);
  }

  /** The advertisement interval as the packet has it. */
  int units(Duration interval) {
    return Math.toIntExact(interval.dividedBy(unit));
  }

  Duration interval(int units) {
    return unit.multipliedBy(units);
  }

  /**
   * Skew_Time: the lower the priority, the later a backup takes over. Version 2 counts it in 256ths
   * of a second, version 3 in 256ths of the master's interval (RFC 3768 and RFC 9568, both section
   * 6.1).
   */
  public Duration skew(int priority, Duration masterInterval) {
    Duration whole = this == V2 ? SECOND : masterInterval;
    return whole.multipliedBy(256 - priority).dividedBy(256);
  }

  /** Master_Down_Interval: how long a backup waits before it believes that the master is gone. */
  public Duration masterDown(int priority, Duration masterInterval) {
    return masterInterval.multipliedBy(3).plus(skew(priority, masterInterval));
  }
}
