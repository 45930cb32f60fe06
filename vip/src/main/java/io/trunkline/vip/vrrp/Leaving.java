package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far a master has come in letting go of its addresses in an orderly way. */
sealed interface Leaving {
  /** When the next stage begins by itself. */
  Instant until();

  record No() implements Leaving {
    @Override
    public Instant until() {
      return Instant.MAX;
    }
  }

  /**
   * Priority 0 has been advertised, a successor has not been heard yet. The addresses stay, and new
   * connections are served, so that there is no gap.
   */
  record AwaitingSuccessor(VipReason reason, Instant until) implements Leaving {}

  /** The sessions are being ended; then the addresses go. */
  record EndingSessions(VipReason reason, Instant until) implements Leaving {}

  /**
   * Another node is the master already. The addresses stay for as long as it takes to end the
   * sessions: without its address a connection could not even be reset, and its client would wait.
   *
   * @param winner what the other node said last; null: it has not been heard
   */
  record Yielding(VipReason reason, Instant until, @Nullable Advertisement winner)
      implements Leaving {}

  Leaving NO = new No();
}
