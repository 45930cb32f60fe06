package io.trunkline.healthcheck.common;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * JSON from strangers: bounded in depth, never trusted in type. A field that is absent or null is
 * empty; a field of the wrong type is junk.
 */
public final class Json {
  private static final int MAX_DEPTH = 32;

  /** PostgreSQL's TimeLineID has 32 bits. */
  private static final long MAX_TIMELINE = 0xFFFF_FFFFL;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  public static JsonNode read(String text) throws JunkException {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new JunkException("not JSON: empty");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new JunkException("not JSON: " + e.getOriginalMessage());
    }
  }

  public static ObjectNode object(String text) throws JunkException {
    if (read(text) instanceof ObjectNode object) {
      return object;
    }
    throw new JunkException("not a JSON object");
  }

  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /** The named child object, empty when there is none. */
  public static Optional<ObjectNode> child(ObjectNode node, String field) throws JunkException {
    Optional<JsonNode> child = present(node, field);
    if (child.isEmpty()) {
      return Optional.empty();
    }
    if (child.get() instanceof ObjectNode object) {
      return Optional.of(object);
    }
    throw new JunkException(field + " is not an object");
  }

  public static Optional<String> text(ObjectNode node, String field) throws JunkException {
    Optional<JsonNode> value = present(node, field);
    if (value.isPresent() && !value.get().isTextual()) {
      throw new JunkException(field + " is not a string");
    }
    return value.map(JsonNode::textValue);
  }

  /** A whole number from 0 up; one that is written as a text counts. */
  public static OptionalLong number(ObjectNode node, String field) throws JunkException {
    Optional<JsonNode> value = present(node, field);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode number = value.get();
    if (number.isTextual() && number.textValue().matches("[0-9]{1,18}")) {
      return OptionalLong.of(Long.parseLong(number.textValue()));
    }
    if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
      throw new JunkException(field + " is not a whole number");
    }
    return OptionalLong.of(number.longValue());
  }

  /** A PostgreSQL timeline: 32 bits. A number that is written as a text counts. */
  public static OptionalLong timeline(ObjectNode node, String field) throws JunkException {
    OptionalLong number = number(node, field);
    if (number.orElse(0) > MAX_TIMELINE) {
      throw new JunkException(field + " is no timeline: " + number.getAsLong());
    }
    return number;
  }

  /**
   * A WAL position in bytes: a number, or as PostgreSQL prints it ({@code 0/3000060}); empty for
   * {@code unknown}, as Patroni says where it does not know.
   */
  static OptionalLong lsn(ObjectNode node, String field) throws JunkException {
    String text =
        present(node, field).filter(JsonNode::isTextual).map(JsonNode::textValue).orElse("");
    if (text.equals("unknown")) {
      return OptionalLong.empty();
    }
    if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
      return number(node, field);
    }
    int slash = text.indexOf('/');
    long lsn =
        Long.parseLong(text.substring(0, slash), 16) << 32
            | Long.parseLong(text.substring(slash + 1), 16);
    if (lsn < 0) {
      throw new JunkException(field + " is no WAL position");
    }
    return OptionalLong.of(lsn);
  }

  /** A TCP port. */
  static Optional<Integer> port(ObjectNode node, String field) throws JunkException {
    OptionalLong number = number(node, field);
    if (number.orElse(1) < 1 || number.orElse(1) > 65_535) {
      throw new JunkException(field + " is no port: " + number.getAsLong());
    }
    return number.isPresent() ? Optional.of((int) number.getAsLong()) : Optional.empty();
  }

  /** A truth value in any of the spellings that Patroni's {@code parse_bool} takes. */
  public static boolean flag(ObjectNode node, String field) throws JunkException {
    Optional<JsonNode> value = present(node, field);
    if (value.isEmpty()) {
      return false;
    }
    return switch (value.get().asText("").toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes", "1" -> true;
      case "false", "off", "no", "0" -> false;
      default -> throw new JunkException(field + " is not true or false");
    };
  }

  private static Optional<JsonNode> present(ObjectNode node, String field) {
    return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
  }
}
