package io.trunkline.loadtest.lab;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A member began to accept writes, by its own account.
 *
 * @param recoveryEnd PostgreSQL ran {@code recovery_end_command}: just before it accepts writes.
 *     Null when it started as a primary, without a recovery to end
 * @param ready PostgreSQL logged that it accepts connections as a primary: just after. Null when it
 *     died in between
 */
public record Promotion(String member, @Nullable Instant recoveryEnd, @Nullable Instant ready) {
  public Promotion {
    if (recoveryEnd == null && ready == null) {
      throw new IllegalArgumentException("a promotion without a time");
    }
  }

  /** The earlier of the two, so that no part of the promotion is taken from the proxy's share. */
  public Instant acceptsWrites() {
    if (recoveryEnd != null) {
      return recoveryEnd;
    }
    if (ready == null) {
      throw new IllegalStateException("a promotion without a time");
    }
    return ready;
  }
}
