package io.trunkline.vip.vrrp;

import java.time.Instant;

/**
 * Where a master is in its announcements.
 *
 * @param nextAt when the next one is due; {@link Instant#MAX}: never
 * @param sent how many of the running burst are out
 * @param repeated whether the burst of the takeover has been repeated
 */
public record Announcing(Instant nextAt, int sent, boolean repeated) {
  /** A burst begins: its first announcement goes out now, with the step that calls this. */
  public static Announcing begun(Instant now, Announcements plan) {
    return new Announcing(now, 0, false).next(now, plan);
  }

  public boolean due(Instant now) {
    return !now.isBefore(nextAt);
  }

  /** One went out now. */
  public Announcing next(Instant now, Announcements plan) {
    int out = sent + 1;
    if (out < plan.repeat()) {
      return new Announcing(now.plus(plan.gap(out)), out, repeated);
    }
    if (plan.repeat() > 0 && !repeated && plan.delay().isPositive()) {
      return new Announcing(now.plus(plan.delay()), 0, true);
    }
    if (plan.repeat() > 0 && plan.refresh().isPositive()) {
      return new Announcing(now.plus(plan.refresh()), 0, true);
    }
    return new Announcing(Instant.MAX, out, true);
  }
}
