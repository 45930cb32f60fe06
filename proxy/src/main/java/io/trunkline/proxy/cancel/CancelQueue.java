package io.trunkline.proxy.cancel;

import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.stats.CancelDrop;
import io.trunkline.proxy.stats.ListenerStats;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Passes cancel requests on, so many at a time; the next ones wait, but not for long. */
final class CancelQueue {
  private final Dialer dialer;
  private final ListenerStats stats;
  private final int mostInFlight;
  private final int mostQueued;
  private final Queue<CancelDelivery> queue = new ArrayDeque<>();
  private int inFlight;

  CancelQueue(Dialer dialer, ListenerStats stats, int mostInFlight, int mostQueued) {
    this.dialer = dialer;
    this.stats = stats;
    this.mostInFlight = mostInFlight;
    this.mostQueued = mostQueued;
  }

  /** Runs it on its loop, now or soon, or drops it. Called on that loop. */
  void take(CancelDelivery errand) {
    synchronized (this) {
      if (inFlight == mostInFlight && queue.size() < mostQueued) {
        queue.add(errand);
        return;
      }
      if (inFlight == mostInFlight) {
        stats.cancelDropped(CancelDrop.QUEUE_FULL);
        errand.drop();
        return;
      }
      inFlight++;
    }
    errand.run(dialer, this::returned);
  }

  private void returned() {
    CancelDelivery next = next();
    if (next != null) {
      next.loop().execute(() -> runUnlessLate(next));
    }
  }

  private synchronized @Nullable CancelDelivery next() {
    CancelDelivery next = queue.poll();
    if (next == null) {
      inFlight--;
    }
    return next;
  }

  private void runUnlessLate(CancelDelivery errand) {
    if (errand.late(System.nanoTime())) {
      stats.cancelDropped(CancelDrop.LATE);
      errand.drop();
      returned();
    } else {
      errand.run(dialer, this::returned);
    }
  }
}
