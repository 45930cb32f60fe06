package io.trunkline.healthcheck.rest;

import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.EventName;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.RestHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How one member's REST API fares. Answers count in the order in which they were asked for, not in
 * that in which they came.
 */
public final class RestRecord {
  private final String member;
  private final Journal journal;
  private RestHealth health = RestHealth.UNKNOWN;
  private Optional<RestBody> body = Optional.empty();
  private Instant newest = Instant.MIN;

  public RestRecord(String member, Journal journal) {
    this.member = member;
    this.journal = journal;
  }

  public RestHealth health() {
    return health;
  }

  /** The last well-formed answer. */
  Optional<RestBody> body() {
    return body;
  }

  public void answered(RestBody answer) {
    Instant askedAt = answer.answer().askedAt();
    if (health.last().map(RestAnswer::askedAt).orElse(Instant.MIN).isAfter(askedAt)) {
      return;
    }
    tellProblems(answer);
    body = Optional.of(answer);
    if (newest.isAfter(askedAt)) {
      health =
          new RestHealth(Optional.of(answer.answer()), health.failure(), health.failingSince());
      return;
    }
    newest = askedAt;
    health
        .failingSince()
        .ifPresent(
            since ->
                journal.tell(
                    EventName.REST_RECOVERED,
                    "member",
                    member,
                    "after_ms",
                    Duration.between(since, answer.answer().at()).toMillis()));
    health = new RestHealth(Optional.of(answer.answer()), Optional.empty(), Optional.empty());
  }

  /** What cannot be read is told when it begins. */
  private void tellProblems(RestBody answer) {
    boolean before = body.filter(last -> !last.problems().isEmpty()).isPresent();
    if (!before && !answer.problems().isEmpty()) {
      journal.tell(
          EventName.REST_UNREADABLE,
          "member",
          member,
          "reason",
          String.join("; ", answer.problems()));
    }
  }

  public void failed(Instant askedAt, String reason) {
    if (newest.isAfter(askedAt)) {
      return;
    }
    newest = askedAt;
    if (health.failure().isEmpty()) {
      journal.tell(EventName.REST_FAILED, "member", member, "reason", reason);
    }
    health =
        new RestHealth(
            health.last(),
            Optional.of(reason),
            health.failingSince().or(() -> Optional.of(askedAt)));
  }

  /** No question was answered, nor failed, for so long. */
  void stalled(Instant now, Duration silent) {
    journal.tell(EventName.REST_PROBE_STALLED, "member", member, "silent_s", silent.toSeconds());
    failed(now, "not queried for %d s: a defect".formatted(silent.toSeconds()));
  }
}
