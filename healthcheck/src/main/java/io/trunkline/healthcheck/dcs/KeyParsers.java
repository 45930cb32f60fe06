package io.trunkline.healthcheck.dcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JsonFields;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.patroni.PatroniTags;
import io.trunkline.healthcheck.patroni.Streaming;
import io.trunkline.healthcheck.patroni.Switchover;
import io.trunkline.healthcheck.patroni.Urls;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.Role;
import io.trunkline.routing.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** One method per key of Patroni's. */
final class KeyParsers {
  private static final int MOST_SECONDS = 600;

  private KeyParsers() {}

  /**
   * What a {@code members/<name>} value says.
   *
   * @param facts what could be read
   * @param problems what could not, for people
   */
  record MemberKey(MemberFacts facts, List<String> problems) {}

  /** {@code leader}: a plain name. */
  static String leader(String value) throws JunkException {
    return plain(value);
  }

  /** {@code initialize}: PostgreSQL's system identifier; empty while a cluster is bootstrapped. */
  static Optional<String> initialize(String value) throws JunkException {
    return value.isBlank() ? Optional.empty() : Optional.of(plain(value));
  }

  /** {@code failover}: JSON, or {@code leader:candidate} as of old; {@code {}} is nothing. */
  static Optional<Switchover> failover(String value) throws JunkException {
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
        at.isPresent() ? Optional.of(Switchover.moment(at.get())) : Optional.empty());
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

  /** Reads a {@code members/<name>} value (Patroni: {@code Ha.touch_member}), field by field. */
  static MemberKey member(Entry entry) throws JunkException {
    JsonFields json = new JsonFields(Json.object(entry.text()));
    Optional<HostPort> postgres = json.text("conn_url", url -> Urls.address(url, 5432));
    Optional<HostPort> proxy = json.text("proxy_url", url -> Urls.address(url, 5432));
    Optional<ApiUrl> api = json.text("api_url", ApiUrl::parse);
    OptionalLong replayed = json.lsn("replay_lsn");
    OptionalLong position = json.lsn("xlog_location");
    DcsMember dcs =
        new DcsMember(
            json.text("role").map(Role::of).orElse(Role.UNKNOWN),
            json.text("state").orElse("unknown"),
            json.timeline("timeline"),
            replayed.isPresent() ? replayed : position,
            Streaming.read(json, json.text("version"), position.isPresent()),
            json.read("tags", PatroniTags::read, Tags.NONE),
            json.flag("pause"),
            entry.modRevision());
    return new MemberKey(
        new MemberFacts(postgres, api, Optional.of(dcs), true, proxy), json.problems());
  }

  private static Optional<Switchover> someone(
      Optional<String> leader, Optional<String> candidate, Optional<Instant> at) {
    return leader.isEmpty() && candidate.isEmpty()
        ? Optional.empty()
        : Optional.of(new Switchover(leader, candidate, at));
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
