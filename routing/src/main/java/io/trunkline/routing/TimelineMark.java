package io.trunkline.routing;

import java.util.Optional;
import java.util.function.Predicate;

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
  boolean keyHasLeft(String name) {
    return succeeded && member.equals(Optional.of(name));
  }

  /**
   * Whether a primary on that timeline has branched off earlier, and lacks what has been
   * acknowledged since. A promotion always begins a new timeline: so nobody but who began the
   * highest one is rightly on it.
   *
   * @param name of the primary
   * @param known whether another member of that name belongs to the cluster: one that was renamed
   *     has not branched off itself
   */
  public boolean branchedOff(String name, long on, Predicate<String> known) {
    return on < timeline
        || (on == timeline
            && member.filter(other -> !other.equals(name)).filter(known).isPresent());
  }

  /**
   * A leader on a lower timeline than one already seen, or on one that another member began.
   *
   * @param member whom the leader key names
   * @param timeline the timeline that member is on
   */
  public record Regression(String member, long timeline) {}
}
