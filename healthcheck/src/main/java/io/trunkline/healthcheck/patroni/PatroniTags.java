package io.trunkline.healthcheck.patroni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.routing.Tags;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A member's tags, judged as Patroni judges them (source: {@code patroni/tags.py}; before 3.2
 * {@code patroni/__main__.py}).
 */
public final class PatroniTags {
  /** Judged by Python's {@code bool()} in every version: any text but the empty one is true. */
  private static final Set<String> TRUTHS =
      Set.of("clonefrom", "nofailover", "noloadbalance", "nosync");

  /** Judged by {@code parse_bool()}, since Patroni 3.3. */
  private static final String NOSTREAM = "nostream";

  private static final Set<String> YES = Set.of("true", "on", "yes", "1");

  private PatroniTags() {}

  /** The field {@code tags} of an object; an empty list is no tags, too. */
  public static Tags read(ObjectNode node, String field) throws JunkException {
    if (node.path(field).isArray() && node.path(field).isEmpty()) {
      return Tags.NONE;
    }
    Map<String, String> tags = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> tag :
        Json.child(node, field).orElseGet(Json::newObject).properties()) {
      if (!tag.getValue().isNull()) {
        tags.put(tag.getKey(), value(tag.getKey(), tag.getValue()));
      }
    }
    return tags.isEmpty() ? Tags.NONE : new Tags(tags);
  }

  private static String value(String name, JsonNode value) {
    String text = value.isValueNode() ? value.asText() : value.toString();
    if (TRUTHS.contains(name)) {
      return String.valueOf(truth(value));
    }
    return name.equals(NOSTREAM)
        ? String.valueOf(YES.contains(text.toLowerCase(Locale.ROOT)))
        : text;
  }

  /** Python's {@code bool()}. */
  private static boolean truth(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.doubleValue() != 0;
      case STRING -> !value.textValue().isEmpty();
      case ARRAY, OBJECT -> !value.isEmpty();
      case NULL, MISSING -> false;
      case BINARY, POJO -> true;
    };
  }
}
