package io.trunkline.vip.lease;

import io.trunkline.config.LeaseConfig;
import java.time.Duration;

/**
 * What every node of a group has to agree on.
 *
 * @param node this node's name
 * @param ttl how long a lease lasts without renewal
 */
public record LeaseTerms(String node, Duration ttl) {
  /** From one question to the next. */
  static final Duration INTERVAL = LeaseConfig.RENEWAL;

  /** After this long a question counts as unanswered. */
  static final Duration ANSWER = LeaseConfig.ANSWER;

  /** From a failure to the next question. */
  static final Duration RETRY = Duration.ofMillis(250);

  /** How long nodes that do not serve let those that do come first. */
  static final Duration IDLE_PATIENCE = Duration.ofSeconds(3);

  public LeaseTerms {
    if (ttl.compareTo(LeaseConfig.SHORTEST) < 0) {
      throw new IllegalArgumentException("a lease of " + ttl + " is too short");
    }
  }
}
