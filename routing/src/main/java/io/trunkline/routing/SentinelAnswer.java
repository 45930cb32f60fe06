package io.trunkline.routing;

import io.trunkline.config.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a member's PostgreSQL said of itself on the sentinel's connection.
 *
 * @param askedAt when the question was sent: the answer says nothing about what came before
 * @param at when the answer came
 * @param access whether it takes writes
 * @param timeline the timeline that it writes WAL on; empty unless it is {@link Access#READ_WRITE}
 * @param upstream whom it streams from; empty when it does not, when it does not say, or when the
 *     sentinel's role may not know
 */
public record SentinelAnswer(
    Instant askedAt,
    Instant at,
    Access access,
    OptionalLong timeline,
    Optional<Upstream> upstream) {

  /** Of a server that does not stream, or does not say so. */
  public SentinelAnswer(Instant askedAt, Instant at, Access access, OptionalLong timeline) {
    this(askedAt, at, access, timeline, Optional.empty());
  }

  /** How long the answer took. */
  public Duration latency() {
    return Duration.between(askedAt, at);
  }

  /** Whether a server takes writes. */
  public enum Access implements Labelled {
    READ_WRITE("accepts writes"),
    /** {@code in_hot_standby} is on. */
    IN_RECOVERY("is in recovery"),
    /** Out of recovery, but {@code default_transaction_read_only} is on. */
    READ_ONLY("has default_transaction_read_only on"),
    /** SQLSTATE 57P03: it starts up or shuts down. */
    NOT_ACCEPTING("does not accept connections yet");

    private final String sentence;

    Access(String sentence) {
      this.sentence = sentence;
    }

    /** For people, to follow the member's name. */
    public String sentence() {
      return sentence;
    }
  }
}
