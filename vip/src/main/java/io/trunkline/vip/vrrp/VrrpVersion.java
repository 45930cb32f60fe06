package io.trunkline.vip.vrrp;

import java.time.Duration;

/** The version of the protocol, and the two durations that differ between them. */
public enum VrrpVersion {
  /** RFC 3768. */
  V2(2),
  /** RFC 9568, which obsoletes RFC 5798. */
  V3(3);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final int number;

  VrrpVersion(int number) {
    this.number = number;
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

  /**
   * Skew_Time: the lower the priority, the later a backup takes over. Version 2 counts it in 256ths
   * of a second, version 3 in 256ths of the master's interval (RFC 3768 and RFC 9568, both section
   * 6.1).
   */
  public Duration skew(int priority, Duration masterInterval) {
    Duration unit = this == V2 ? SECOND : masterInterval;
    return unit.multipliedBy(256 - priority).dividedBy(256);
  }

  /** Master_Down_Interval: how long a backup waits before it believes that the master is gone. */
  public Duration masterDown(int priority, Duration masterInterval) {
    return masterInterval.multipliedBy(3).plus(skew(priority, masterInterval));
  }
}
