package io.trunkline.healthcheck.sentinel;

import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.EventName;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** How the sentinel of one member fares; what is worth telling is told once. */
public final class SentinelRecord {
  private final String member;
  private final Journal journal;
  private SentinelHealth health = SentinelHealth.UNKNOWN;
  private Optional<Instant> toldSince = Optional.empty();
  private String told = "";

  public SentinelRecord(String member, Journal journal) {
    this.member = member;
    this.journal = journal;
  }

  SentinelHealth health() {
    return health;
  }

  /** Whether that is news. */
  boolean answered(SentinelAnswer answer) {
    toldSince.ifPresent(
        since ->
            journal.tell(
                EventName.SENTINEL_RECOVERED,
                "member",
                member,
                "after_ms",
                Duration.between(since, answer.at()).toMillis()));
    toldSince = Optional.empty();
    told = "";
    return take(answer);
  }

  /** It starts up or shuts down: that is an answer too. Whether it is news. */
  boolean notAccepting(Instant askedAt, Instant now) {
    return take(new SentinelAnswer(askedAt, now, Access.NOT_ACCEPTING, OptionalLong.empty()));
  }

  /**
   * The connection failed. Whether that is news.
   *
   * @param refused somebody has to change something, so it is told even if the member had been
   *     silent before
   */
  boolean failed(Instant now, String reason, boolean refused) {
    if (toldSince.isEmpty() || (refused && !reason.equals(told))) {
      journal.tell(EventName.SENTINEL_FAILED, "member", member, "reason", reason);
      toldSince = toldSince.or(() -> Optional.of(now));
      told = reason;
    }
    boolean news = !health.failure().equals(Optional.of(reason));
    health =
        new SentinelHealth(
            health.last(), Optional.of(reason), health.failingSince().or(() -> Optional.of(now)));
    return news;
  }

  /** No question was answered, nor failed, for so long. */
  void stalled(Instant now, Duration silent) {
    journal.tell(EventName.SENTINEL_STALLED, "member", member, "silent_s", silent.toSeconds());
    boolean _ = failed(now, "not queried for %d s: a defect".formatted(silent.toSeconds()), false);
  }

  private boolean take(SentinelAnswer answer) {
    boolean news =
        health.failure().isPresent()
            || !health.last().map(SentinelAnswer::access).equals(Optional.of(answer.access()));
    health = new SentinelHealth(Optional.of(answer), Optional.empty(), Optional.empty());
    return news;
  }
}
