package io.trunkline.healthcheck.common;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the fields of a JSON object one by one. A field that cannot be read is as good as absent,
 * and becomes a problem; the others count.
 */
public final class JsonFields {
  private final ObjectNode node;
  private final List<String> problems;

  public JsonFields(ObjectNode node) {
    this(node, new ArrayList<>());
  }

  private JsonFields(ObjectNode node, List<String> problems) {
    this.node = node;
    this.problems = problems;
  }

  /** Reads one field of an object; empty when it is absent or null. */
  public interface Field<T> {
    T read(ObjectNode node, String name) throws JunkException;
  }

  /** Reads a text. */
  public interface Text<T> {
    T read(String text) throws JunkException;
  }

  /** What could not be read, for people. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  public Optional<String> text(String name) {
    return read(name, Json::text, Optional.empty());
  }

  /** A text that means something; one that cannot be understood is a problem of that field. */
  public <T> Optional<T> text(String name, Text<T> meaning) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(meaning.read(text.get()));
    } catch (JunkException e) {
      problems.add(name + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  public OptionalLong number(String name) {
    return read(name, Json::number, OptionalLong.empty());
  }

  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  public boolean flag(String name) {
    return read(name, Json::flag, false);
  }

  public OptionalLong timeline(String name) {
    return read(name, Json::timeline, OptionalLong.empty());
  }

  public OptionalLong lsn(String name) {
    return read(name, Json::lsn, OptionalLong.empty());
  }

  /** The port of that name; empty when there is none. */
  public Optional<Integer> port(String name) {
    return read(name, Json::port, Optional.empty());
  }

  /** The named object, with problems told here; one without fields when there is none. */
  public JsonFields child(String name) {
    Optional<ObjectNode> child = read(name, Json::child, Optional.empty());
    return new JsonFields(child.orElseGet(Json::newObject), problems);
  }

  public <T> T read(String name, Field<T> field, T otherwise) {
    try {
      return field.read(node, name);
    } catch (JunkException e) {
      problems.add(String.valueOf(e.getMessage()));
      return otherwise;
    }
  }
}
