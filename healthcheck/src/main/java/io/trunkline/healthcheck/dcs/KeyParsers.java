package io.trunkline.healthcheck;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** One method per single key of Patroni's. */
final class KeyParsers {
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

  private static final int MOST_SECONDS = 600;

  private KeyParsers() {}

  /**
   * The {@code failover} key.
   *
   * @param leader who is to step down
   * @param candidate who is to take over
   * @param at when; empty: now
   */
  record Failover(Optional<String> leader, Optional<String> candidate, Optional<Instant> at) {}

  /** {@code leader}: a plain name. */
  static String leader(String value) throws JunkException {
    return plain(value);
  }

  /** {@code initialize}: PostgreSQL's system identifier; empty while a cluster is bootstrapped. */
  static Optional<String> initialize(String value) throws JunkException {
    return value.isBlank() ? Optional.empty() : Optional.of(plain(value));
  }

  /** {@code failover}: JSON, or {@code leader:candidate} as of old; {@code {}} is nothing. */
  static Optional<Failover> failover(String value) throws JunkException {
    String text = value.strip();
    if (text.isEmpty() || text.equals("null")) {
      return Optional.empty();
    }
    if (!text.startsWith("{")) {
      if (!text.matches("[^\\[\\]{}\"]{1,512}")) {
        throw new JunkException("neither JSON nor leader:candidate");
      }
      String[] names = text.split(":", 2);
      return someone(
          named(Optional.of(names[0])),
          named(names.length > 1 ? Optional.of(names[1]) : Optional.empty()),
          Optional.empty());
    }
    ObjectNode json = Json.object(text);
    Optional<String> at = named(Json.text(json, "scheduled_at"));
    return someone(
        named(Json.text(json, "leader")),
        named(Json.text(json, "member")),
        at.isPresent() ? Optional.of(moment(at.get())) : Optional.empty());
  }

  /** {@code sync}: the synchronous standbys, a comma list or a JSON list. */
  static Set<String> sync(String value) throws JunkException {
    Set<String> names = new TreeSet<>();
    if (value.isBlank()) {
      return names;
    }
    JsonNode standbys = Json.object(value).get("sync_standby");
    if (standbys == null || standbys.isNull()) {
      return names;
    }
    if (standbys.isTextual()) {
      Arrays.stream(standbys.textValue().split(",")).map(String::strip).forEach(names::add);
    } else if (standbys.isArray()) {
      for (JsonNode name : standbys) {
        names.add(name.asText("").strip());
      }
    } else {
      throw new JunkException("sync_standby is neither a string nor a list");
    }
    names.remove("");
    return names;
  }

  /** {@code status}: the leader's WAL position. */
  static OptionalLong status(String value) throws JunkException {
    return Json.number(Json.object(value), "optime");
  }

  /** {@code optime/leader}: the same before Patroni 2.1. */
  static OptionalLong optime(String value) throws JunkException {
    if (!value.strip().matches("[0-9]{1,18}")) {
      throw new JunkException("not a WAL position");
    }
    return OptionalLong.of(Long.parseLong(value.strip()));
  }

  /** {@code config}: whether the cluster is in maintenance mode. */
  static boolean maintenance(String value) throws JunkException {
    return Json.flag(Json.object(value), "pause");
  }

  /**
   * {@code config}: how long Patroni may need to replace a primary that is gone: its lease has to
   * run out, and whoever takes over looks once per {@code loop_wait}. Where the key does not say,
   * Patroni's defaults hold.
   */
  static Duration failoverTime(String value) throws JunkException {
    ObjectNode json = Json.object(value);
    return seconds(json, "ttl", 30).plus(seconds(json, "loop_wait", 10));
  }

  /** Patroni takes numbers written as text, too. */
  private static Duration seconds(ObjectNode json, String field, int byDefault) {
    int seconds = json.path(field).asInt(byDefault);
    return Duration.ofSeconds(seconds > 0 && seconds <= MOST_SECONDS ? seconds : byDefault);
  }

  /**
   * {@code history}: the timeline that the cluster is on at least: the last one that was left, plus
   * one. The leader writes it in the first loop after its promotion, from PostgreSQL's own history
   * file (Patroni: {@code Ha.update_cluster_history}).
   */
  static OptionalLong history(String value) throws JunkException {
    if (value.isBlank()) {
      return OptionalLong.empty();
    }
    JsonNode lines = Json.read(value);
    if (!lines.isArray()) {
      throw new JunkException("not a list");
    }
    if (lines.isEmpty()) {
      return OptionalLong.of(1);
    }
    JsonNode left = lines.get(lines.size() - 1).path(0);
    if (!left.isIntegralNumber() || !left.canConvertToInt() || left.intValue() < 1) {
      throw new JunkException("the last line begins with no timeline");
    }
    return OptionalLong.of(left.longValue() + 1);
  }

  /** A moment with a zone. */
  static Instant moment(String text) throws JunkException {
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

  private static Optional<Failover> someone(
      Optional<String> leader, Optional<String> candidate, Optional<Instant> at) {
    return leader.isEmpty() && candidate.isEmpty()
        ? Optional.empty()
        : Optional.of(new Failover(leader, candidate, at));
  }

  private static Optional<String> named(Optional<String> name) {
    return name.map(String::strip).filter(text -> !text.isEmpty());
  }

  private static String plain(String value) throws JunkException {
    String name = value.strip();
    if (name.isEmpty() || name.length() > 256 || name.chars().anyMatch(Character::isISOControl)) {
      throw new JunkException("not a name");
    }
    return name;
  }
}
