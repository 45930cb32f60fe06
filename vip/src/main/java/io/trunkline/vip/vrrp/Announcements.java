package io.trunkline.vip.vrrp;

import io.trunkline.config.VrrpConfig;
import java.time.Duration;

/**
 * When a master tells the network where its addresses are (gratuitous ARP, unsolicited neighbour
 * advertisements).
 *
 * @param repeat how many there are in a burst; 0 is none at all
 * @param delay when the burst is repeated after a takeover; 0 is never
 * @param refresh how often it is repeated afterwards; 0 is never
 */
public record Announcements(int repeat, Duration delay, Duration refresh) {
  /** As they are configured. */
  public static Announcements of(VrrpConfig vrrp) {
    return new Announcements(vrrp.garpRepeat(), vrrp.garpDelay(), vrrp.garpRefresh());
  }

  private static final Duration FIRST_GAP = Duration.ofMillis(20);
  private static final Duration LONGEST_GAP = Duration.ofMillis(200);

  /**
   * The gap before announcement {@code index} of a burst. It grows, so that the burst also reaches
   * a switch that is still learning and a neighbour that heard the previous holder last.
   */
  Duration gap(int index) {
    Duration gap = FIRST_GAP.multipliedBy(1L << Math.min(index - 1, 8));
    return gap.compareTo(LONGEST_GAP) < 0 ? gap : LONGEST_GAP;
  }
}
