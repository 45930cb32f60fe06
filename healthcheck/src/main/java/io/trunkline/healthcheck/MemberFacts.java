package io.trunkline.healthcheck;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.config.HostPort;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.Role;
import io.trunkline.routing.Tags;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a member before it is asked.
 *
 * @param postgres where its PostgreSQL listens
 * @param api where its REST API is
 * @param dcs what it says of itself in etcd
 */
record MemberFacts(Optional<HostPort> postgres, Optional<ApiUrl> api, Optional<DcsMember> dcs) {
  static final MemberFacts NONE =
      new MemberFacts(Optional.empty(), Optional.empty(), Optional.empty());

  /** Reads a {@code members/<name>} value (Patroni: {@code Ha.touch_member}). */
  static MemberFacts parse(Entry entry) throws JunkException {
    ObjectNode json = Json.object(entry.text());
    Optional<String> connUrl = Json.text(json, "conn_url");
    Optional<String> apiUrl = Json.text(json, "api_url");
    OptionalLong replayed = Json.number(json, "replay_lsn");
    DcsMember dcs =
        new DcsMember(
            Json.text(json, "role").map(Role::of).orElse(Role.UNKNOWN),
            Json.text(json, "state").orElse("unknown"),
            Json.number(json, "timeline"),
            replayed.isPresent() ? replayed : Json.number(json, "xlog_location"),
            tags(json),
            Json.flag(json, "pause"),
            entry.modRevision());
    return new MemberFacts(
        connUrl.isPresent() ? Optional.of(Urls.address(connUrl.get(), 5432)) : Optional.empty(),
        apiUrl.isPresent() ? Optional.of(ApiUrl.parse(apiUrl.get())) : Optional.empty(),
        Optional.of(dcs));
  }

  /** The addresses, without its own words: those have become unreadable. */
  MemberFacts withoutWords() {
    return new MemberFacts(postgres, api, Optional.empty());
  }

  static Tags tags(ObjectNode json) throws JunkException {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> tag :
        Json.child(json, "tags").orElseGet(Json::newObject).properties()) {
      JsonNode value = tag.getValue();
      if (!value.isNull()) {
        tags.put(tag.getKey(), value.isValueNode() ? value.asText() : value.toString());
      }
    }
    return tags.isEmpty() ? Tags.NONE : new Tags(tags);
  }
}
