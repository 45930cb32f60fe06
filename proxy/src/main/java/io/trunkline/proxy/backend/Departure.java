package io.trunkline.proxy.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A reader leaves a replica that was promoted: not with all others at once, and while it is idle.
 */
final class Departure {
  /** Within this the readers of a replica leave, one by one. */
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final Runnable whenDue;
  private @Nullable ScheduledFuture<?> timer;
  private boolean due;

  Departure(EventLoop loop, Runnable whenDue) {
    this.loop = loop;
    this.whenDue = whenDue;
  }

  /** Whether it has to leave, as things are now. */
  void wanted(boolean wanted) {
    if (wanted && timer == null) {
      long within = ThreadLocalRandom.current().nextLong(WITHIN.toNanos());
      timer = loop.schedule(this::fall, within, TimeUnit.NANOSECONDS);
    } else if (!wanted) {
      cancel();
    }
  }

  /** Whether it leaves as soon as it is idle. */
  boolean due() {
    return due;
  }

  void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
      due = false;
    }
  }

  private void fall() {
    due = true;
    whenDue.run();
  }
}
