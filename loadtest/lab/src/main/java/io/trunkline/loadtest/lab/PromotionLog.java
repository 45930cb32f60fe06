package io.trunkline.loadtest.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads a member's promotions from the files that PostgreSQL itself writes. */
final class PromotionLog {
  /** A promotion that ends later than this is another one. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private PromotionLog() {}

  static List<Promotion> read(Member member) {
    return pair(
        member.name(),
        ServerLog.lines(member.file("log/promoted")).stream().map(PromotionLog::nanos).toList(),
        ServerLog.read(member).ready());
  }

  /** Joins each end of recovery with the log line that follows it. */
  static List<Promotion> pair(String member, List<Instant> recoveryEnds, List<Instant> ready) {
    List<Instant> unpaired = new ArrayList<>(ready);
    List<Promotion> promotions = new ArrayList<>();
    for (int i = 0; i < recoveryEnds.size(); i++) {
      Instant end = recoveryEnds.get(i);
      Instant limit = end.plus(LONGEST);
      Instant next = i + 1 < recoveryEnds.size() ? recoveryEnds.get(i + 1) : limit;
      Instant before = next.isBefore(limit) ? next : limit;
      Instant line =
          unpaired.stream()
              .filter(r -> !r.isBefore(end.minusMillis(1)) && r.isBefore(before))
              .findFirst()
              .orElse(null);
      unpaired.remove(line);
      promotions.add(new Promotion(member, end, line));
    }
    unpaired.forEach(line -> promotions.add(new Promotion(member, null, line)));
    return promotions;
  }

  private static Instant nanos(String text) {
    long nanos = Long.parseLong(text.strip());
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }
}
