package io.trunkline.vip.lease;

import java.time.Instant;

/**
 * Where this node is with its questions: one at a time.
 *
 * @param since when the one that is under way was sent; {@link Instant#MAX}: none is
 * @param nextAt when the next one is due, once none is under way
 * @param rumour something may have changed since the last one was sent
 */
record Asking(Instant since, Instant nextAt, boolean rumour) {
  static Asking at(Instant next) {
    return new Asking(Instant.MAX, next, false);
  }

  Instant deadline() {
    return underWay() ? since.plus(LeaseTerms.ANSWER) : nextAt;
  }

  boolean underWay() {
    return !since.equals(Instant.MAX);
  }

  boolean due(Instant now) {
    return !underWay() && !now.isBefore(nextAt);
  }

  boolean overdue(Instant now) {
    return underWay() && !now.isBefore(since.plus(LeaseTerms.ANSWER));
  }

  Asking sent(Instant now) {
    return new Asking(now, now, false);
  }

  /** The next question is due now: at once, or when the one that is under way is answered. */
  Asking hurried(Instant now) {
    return new Asking(since, underWay() ? nextAt : now, true);
  }

  /** That question was answered: the next one at that time, or at once if there is a rumour. */
  Asking answered(Instant askedAt, Instant next, Instant now) {
    if (!since.equals(askedAt)) {
      return this;
    }
    return new Asking(Instant.MAX, rumour ? now : next, rumour);
  }
}
