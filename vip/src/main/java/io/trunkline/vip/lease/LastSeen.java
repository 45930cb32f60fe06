package io.trunkline.vip.lease;

import java.time.Instant;

/**
 * What was last seen of the others.
 *
 * @param askedAt when it was asked for; {@link Instant#MIN}: nothing has been seen
 * @param freeSince since when there is no holder; {@link Instant#MAX}: there is one, or nobody
 *     knows
 */
record LastSeen(LeaseView view, Instant askedAt, Instant freeSince) {
  static final LastSeen NONE = new LastSeen(LeaseView.NOTHING, Instant.MIN, Instant.MAX);

  /** What a question of that moment brought; an older one brings nothing. */
  LastSeen with(LeaseView later, Instant at, Instant now) {
    if (at.isBefore(askedAt)) {
      return this;
    }
    Instant free =
        later.holder().isPresent() ? Instant.MAX : freeSince.isBefore(now) ? freeSince : now;
    return new LastSeen(later, at, free);
  }

  boolean free() {
    return !freeSince.equals(Instant.MAX);
  }
}
