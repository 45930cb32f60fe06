package io.trunkline.healthcheck.patroni;

import io.trunkline.healthcheck.common.JunkException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;

/**
 * A switchover or failover that Patroni was asked for.
 *
 * @param leader who is to step down
 * @param candidate who is to take over
 * @param at when; empty: now
 */
public record Switchover(
    Optional<String> leader, Optional<String> candidate, Optional<Instant> at) {
  /** {@code isoformat()} and what people type at {@code patronictl --scheduled}. */
  private static final DateTimeFormatter MOMENT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter();

  /** Python's {@code datetime.MAXYEAR}. */
  private static final int MAX_YEAR = 9999;

  /** A moment with a zone. */
  public static Instant moment(String text) throws JunkException {
    try {
      OffsetDateTime moment = OffsetDateTime.parse(text.strip().replace(' ', 'T'), MOMENT);
      if (moment.getYear() > MAX_YEAR || moment.getYear() < 1) {
        throw new JunkException("no year that Patroni could mean: scheduled_at");
      }
      return moment.toInstant();
    } catch (DateTimeException e) {
      throw new JunkException("not a time with a zone: scheduled_at");
    }
  }
}
