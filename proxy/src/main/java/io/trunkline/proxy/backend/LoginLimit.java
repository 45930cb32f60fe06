package io.trunkline.proxy.backend;

/**
 * How many logins may be under way at one member, as learnt from those that have completed: the
 * rule of TCP Vegas (Brakmo and Peterson, 1995), with logins in the place of segments. By Little's
 * law a member works at {@code rate × time} logins at once; {@code rate × (time - base)} of them
 * wait for a processor there, where {@code base} is what one takes when none waits. The limit grows
 * while fewer than {@link #FEW} wait, and shrinks when more than {@link #MANY} do: the member is
 * busy, and little more than busy. Time in which the client is asked, or has to answer, does not
 * count. Immutable.
 *
 * <p>What the base is can only be seen while few are under way. So every {@link #ROUNDS} rounds, of
 * as many logins as the limit, it is measured anew with half of them: a member that has become
 * slower is believed then, and one that was busy from the beginning is found out.
 *
 * @param limit the limit
 * @param base nanoseconds; 0: not known yet
 * @param phase what this round is for
 * @param rounds that have been measured since the base was
 * @param count of logins that have completed in this round
 * @param sum of the time they took, in nanoseconds
 * @param full whether somebody has waited for a place in this round
 * @param since when this round began, {@link System#nanoTime}
 */
record LoginLimit(
    int limit, long base, Phase phase, int rounds, int count, long sum, boolean full, long since) {
  static final int LEAST = 4;
  static final int MOST = 256;
  private static final int FIRST = 8;
  private static final double FEW = 2;
  private static final double MANY = 5;
  private static final int ROUNDS = 32;

  /** A round tells nothing with fewer. */
  private static final int SHORTEST_ROUND = 8;

  /** What a round is for. */
  enum Phase {
    /** The limit follows what is measured. */
    FOLLOWING,
    /** Those that were under way at twice the limit go. */
    DRAINING,
    /** What a login takes with half as many under way. */
    MEASURING
  }

  /** What holds before anything is known. */
  static LoginLimit first(long now) {
    return round(FIRST, 0, Phase.FOLLOWING, 0, now);
  }

  private static LoginLimit round(int limit, long base, Phase phase, int rounds, long now) {
    return new LoginLimit(Math.clamp(limit, LEAST, MOST), base, phase, rounds, 0, 0, false, now);
  }

  /**
   * A login has completed.
   *
   * @param took nanoseconds in which the member had to answer
   * @param othersWait whether others wait for a place
   * @param now {@link System#nanoTime}
   */
  LoginLimit completed(long took, boolean othersWait, long now) {
    LoginLimit next =
        new LoginLimit(
            limit, base, phase, rounds, count + 1, sum + took, full || othersWait, since);
    return next.count < Math.max(limit, SHORTEST_ROUND) ? next : next.over(now);
  }

  /** The member has not answered a login at all: as in TCP after a loss, half of them. */
  LoginLimit lost(long now) {
    return phase == Phase.FOLLOWING ? round(limit / 2, base, phase, rounds, now) : this;
  }

  private LoginLimit over(long now) {
    long time = Math.max(1, sum / count);
    return switch (phase) {
      case DRAINING -> round(limit, base, Phase.MEASURING, 0, now);
      case MEASURING -> round(2 * limit, time, Phase.FOLLOWING, 0, now);
      case FOLLOWING -> {
        long least = base == 0 ? time : Math.min(base, time);
        if (rounds >= ROUNDS && full) {
          yield round(limit / 2, least, Phase.DRAINING, 0, now);
        }
        yield round(follow(time, least, now), least, phase, rounds + 1, now);
      }
    };
  }

  private int follow(long time, long least, long now) {
    double waiting = (double) count / Math.max(1, now - since) * (time - least);
    if (waiting > MANY) {
      return limit - (int) Math.ceil((waiting - MANY) / 2);
    }
    if (!full || waiting > FEW) {
      return limit;
    }
    return limit + Math.max(1, waiting < FEW / 2 ? limit / 2 : limit / 8);
  }
}
