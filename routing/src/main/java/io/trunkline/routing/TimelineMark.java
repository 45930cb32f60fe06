package io.trunkline.routing;

import java.util.Optional;

/**
 * The highest timeline that a primary of this cluster has been seen on.
 *
 * @param systemId PostgreSQL's system identifier ({@code initialize}); marks of another one do not
 *     count
 * @param timeline the highest timeline seen; 0 if none
 * @param member the primary it was seen on; empty when only history tells
 * @param regression the finding that the leader key now names a member that has branched off
 *     earlier
 * @param succeeded whether the leader key has named another member since the primary was seen on
 *     that timeline: what it says of itself proves nothing any more until it is promoted again
 */
public record TimelineMark(
    String systemId,
    long timeline,
    Optional<String> member,
    Optional<Regression> regression,
    boolean succeeded) {
  public static final TimelineMark NONE =
      new TimelineMark("", 0, Optional.empty(), Optional.empty(), false);

  /** Whether the leader key has named another one since that member was promoted. */
  boolean succeeds(String name) {
    return succeeded && member.equals(Optional.of(name));
  }

  /**
   * A leader on a lower timeline than one already seen, or on one that another member began.
   *
   * @param member whom the leader key names
   * @param timeline the timeline that member is on
   */
  public record Regression(String member, long timeline) {}
}
