package io.trunkline.vip.vrrp;

import io.trunkline.vip.LoopTime;

/**
 * A state, and its Adver_Timer or Master_Down_Timer: the two things that happen over and over, that
 * a master advertises again and that a backup hears its master again, only set one of them again.
 * So that a node at rest allocates nothing, which the collector would some day have to stop this
 * thread for, they are not steps of the machine: the timer is kept here as a number, and is put
 * into the state before the machine sees it next.
 */
public final class VrrpTimers {
  private final VirtualRouter router;
  private final LoopTime time;
  private final long interval;

  private volatile VrrpState state;
  private boolean repeated;
  private long at;

  /** Master: when Adver_Timer fires. Backup: when Master_Down_Timer does. */
  private long timer = LoopTime.NEVER;

  /** When something else is due, and how long the timer runs. */
  private long other = LoopTime.NEVER;

  private long span;

  public VrrpTimers(VirtualRouter router, LoopTime time, VrrpState state) {
    this.router = router;
    this.time = time;
    this.interval = router.advertInterval().toNanos();
    this.state = state;
  }

  /** The state; its timer may be an earlier one. For every thread. */
  public VrrpState rough() {
    return state;
  }

  /** The state as the machine would have left it. */
  public VrrpState exact() {
    if (repeated) {
      enter(
          switch (state) {
            case Initialize initialize -> initialize;
            case Backup backup -> backup.heardAgain(time.moment(at), router);
            case Master master -> master.advertised(time.moment(at), router);
          });
    }
    return state;
  }

  /** The machine has decided so. */
  public void enter(VrrpState next) {
    state = next;
    repeated = false;
    switch (next) {
      case Initialize _ -> {
        timer = LoopTime.NEVER;
        other = LoopTime.NEVER;
      }
      case Backup backup -> {
        timer = time.nanos(backup.masterDownAt());
        other = time.nanos(backup.preemptAt());
        span = backup.masterDown(router).toNanos();
      }
      case Master master -> {
        timer = time.nanos(master.advertiseAt());
        other = time.nanos(master.otherwiseDue());
        span = interval;
      }
    }
  }

  /** When the state's deadline is. */
  public long deadline() {
    return Math.min(timer, other);
  }

  /** Whether all that is due is that a master advertises again; then its timer is set. */
  public boolean advertise(long now) {
    boolean only =
        state instanceof Master master
            && !master.leaves()
            && now >= timer
            && now < other
            && now - timer <= interval;
    return only && again(now);
  }

  /** Whether that only tells a backup that its master is there; then its timer is set. */
  public boolean hear(Advertisement advertisement, long now) {
    return state instanceof Backup backup && backup.follows(advertisement, router) && again(now);
  }

  private boolean again(long now) {
    repeated = true;
    at = now;
    timer = now + span;
    return true;
  }
}
