package io.trunkline.config;

import io.trunkline.config.Node.Entry;
import io.trunkline.config.Node.Mapping;
import io.trunkline.config.Node.Scalar;
import io.trunkline.config.Node.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reads the keys of one mapping. Each problem is reported where it is and reading goes on, so that
 * all of them are found.
 */
final class MappingReader {
  private final Context context;
  private final Section<?> section;
  private final Position at;
  private final String path;
  private final Map<String, Node> values = new LinkedHashMap<>();

  /** Nothing more is said about what is not even a mapping. */
  private boolean shapeless;

  /** One value stands for the mapping, and is what is meant when something is wrong with it. */
  private boolean alone;

  private MappingReader(Context context, Section<?> section, Position at, String path) {
    this.context = context;
    this.section = section;
    this.at = at;
    this.path = path;
  }

  /** Opens what must be a mapping with keys of that section; reads as empty when it is not. */
  static MappingReader open(Context context, Section<?> section, Node node, String path) {
    var reader = new MappingReader(context, section, node.at(), path);
    if (node instanceof Mapping mapping) {
      reader.index(mapping);
    } else if (node instanceof Scalar && !section.alone().isEmpty()) {
      reader.values.put(section.alone(), node);
      reader.alone = true;
    } else {
      context.problems().add(node.at(), path, expectedMapping(section, node));
      reader.shapeless = true;
    }
    return reader;
  }

  private void index(Mapping mapping) {
    Map<String, Position> seen = new LinkedHashMap<>();
    int lineOfSecret = 0;
    for (Entry entry : mapping.entries()) {
      String key = entry.key().text();
      Position keyAt = entry.key().at();
      if (!section.has(key)) {
        unknown(entry, keyAt.line() == lineOfSecret);
      } else if (isFirst(seen, key, keyAt, path(key))) {
        values.put(key, entry.value());
      }
      if (section.isSecret(key)) {
        lineOfSecret = keyAt.line();
      }
    }
  }

  /** In {@code {password: one, two}} the key {@code two} is a part of the password. */
  private void unknown(Entry entry, boolean afterSecret) {
    String key = entry.key().text();
    boolean bare = entry.value() instanceof Scalar scalar && scalar.isNull();
    if (afterSecret || (bare && section.hasSecrets())) {
      context
          .problems()
          .add(entry.key().at(), path, "unknown key; a value that has a comma must be in quotes");
    } else {
      context.problems().add(entry.key().at(), path(shown(key)), section.unknownKey(key));
    }
  }

  Context context() {
    return context;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /**
   * A password that is required, here or in a file; empty where it is missing, which is reported.
   */
  Secret password(Key<Secret> key) {
    if (!has(key) && !has(key.name() + "_file")) {
      problem("is missing the password; write password_file: PATH or password: ${NAME}");
    }
    return find(key).orElse(new Secret(""));
  }

  boolean has(Key<?> key) {
    return has(key.name());
  }

  String path(String key) {
    return path.isEmpty() ? key : alone ? path : path + "." + key;
  }

  /** Where the value is; where the mapping is, when it has none. */
  Position at(Key<?> key) {
    return node(key.name()).map(Node::at).orElse(at);
  }

  boolean isEmptyList(Key<?> key) {
    return node(key.name())
        .filter(node -> node instanceof Sequence list && list.items().isEmpty())
        .isPresent();
  }

  void problem(String key, String message) {
    if (!shapeless) {
      context.problems().add(node(key).map(Node::at).orElse(at), path(key), message);
    }
  }

  void problem(Key<?> key, String message) {
    problem(key.name(), message);
  }

  /** Reports a key that makes no sense beside the others. */
  void refuse(String key, String message) {
    if (has(key)) {
      problem(key, message);
    }
  }

  void refuse(Key<?> key, String message) {
    refuse(key.name(), message);
  }

  /** Something wrong with the mapping as a whole. */
  void problem(String message) {
    if (!shapeless) {
      context.problems().add(at, path, message);
    }
  }

  /** The value; empty where there is none, or none that can be read. */
  <T> Optional<T> find(Key<T> key) {
    if (key.example() != null && !has(key)) {
      problem(key, "is missing; write " + key.name() + ": " + key.example());
    }
    return key.type().reading().of(this, key.name());
  }

  /** The value or the default. */
  <T> T get(Key<T> key) {
    return find(key).orElseGet(key::byDefault);
  }

  OptionalInt findInt(Key<Integer> key) {
    return find(key).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  OptionalLong findLong(Key<Long> key) {
    return find(key).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  /** The mapping that a key has, if any. */
  Optional<MappingReader> given(Key<MappingReader> key) {
    return has(key) ? find(key) : Optional.empty();
  }

  private Optional<Node> node(String key) {
    if (!section.has(key)) {
      throw new IllegalArgumentException(section.path() + " declares no key " + key);
    }
    return Optional.ofNullable(values.get(key));
  }

  Optional<Value> value(String key) {
    return node(key).flatMap(node -> scalar(node, path(key), section.isSecret(key)));
  }

  /** A value of which no part may be shown. */
  Optional<Value> hidden(String key) {
    return node(key).flatMap(node -> scalar(node, path(key), true));
  }

  /** The items of a list, or of a text with commas. */
  List<Value> values(String key) {
    Node node = node(key).orElse(null);
    List<Value> items = new ArrayList<>();
    switch (node) {
      case null -> {}
      case Sequence list -> {
        for (int i = 0; i < list.items().size(); i++) {
          scalar(list.items().get(i), path(key) + "[" + i + "]", false).ifPresent(items::add);
        }
      }
      case Scalar scalar ->
          scalar(scalar, path(key), false)
              .ifPresent(
                  value -> {
                    for (String item : value.text().split(",", -1)) {
                      items.add(new Value(context, scalar.at(), path(key), item.strip()));
                    }
                  });
      case Mapping mapping -> problem(key, "must be a list, not a mapping");
    }
    return items;
  }

  Optional<Path> file(String key) {
    return value(key).flatMap(Value::file);
  }

  /** Empty where the key is missing. */
  MappingReader mapping(String key, Section<?> inner) {
    return node(key)
        .map(node -> open(context, inner, node, path(key)))
        .orElseGet(() -> new MappingReader(context, inner, at, path(key)));
  }

  /** The mappings of a list. */
  List<MappingReader> mappings(String key, Section<?> inner) {
    List<MappingReader> items = new ArrayList<>();
    switch (node(key).orElse(null)) {
      case null -> {}
      case Sequence list -> {
        for (int i = 0; i < list.items().size(); i++) {
          items.add(open(context, inner, list.items().get(i), path(key) + "[" + i + "]"));
        }
      }
      case Node other -> problem(key, expectedList(inner, other));
    }
    return items;
  }

  /** A mapping whose keys are the user's own. */
  Map<String, Value> freeKeys(String key) {
    Map<String, Value> found = new LinkedHashMap<>();
    switch (node(key).orElse(null)) {
      case null -> {}
      case Mapping mapping -> {
        Map<String, Position> seen = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
          String name = entry.key().text();
          String field = path(key) + "." + shown(name);
          if (isFirst(seen, name, entry.key().at(), field)) {
            scalar(entry.value(), field, false).ifPresent(value -> found.put(name, value));
          }
        }
      }
      case Node other -> problem(key, "must be a mapping, not " + other.kind());
    }
    return found;
  }

  private boolean isFirst(Map<String, Position> seen, String key, Position keyAt, String field) {
    Position first = seen.putIfAbsent(key, keyAt);
    if (first != null) {
      context.problems().add(keyAt, field, "is already set on line " + first.line());
    }
    return first == null;
  }

  private static String shown(String key) {
    return key.matches("[\\w.-]{1,60}") ? key : Shown.of(key);
  }

  private Optional<Value> scalar(Node node, String field, boolean secret) {
    if (!(node instanceof Scalar scalar)) {
      context.problems().add(node.at(), field, "must be a single value, not " + node.kind());
      return Optional.empty();
    }
    Optional<String> text =
        scalar.isNull()
            ? Optional.of("")
            : context
                .substitution()
                .apply(
                    scalar.text(),
                    secret,
                    message -> context.problems().add(scalar.at(), field, message));
    return text.flatMap(
        found -> {
          var value = new Value(context, scalar.at(), field, secret ? found : found.strip());
          return found.isBlank()
              ? value.reject("has no value; give one, or remove the key")
              : Optional.of(value);
        });
  }

  // What to say when a part of the file has the wrong shape. Never shows the value.

  private static String expectedMapping(Section<?> section, Node found) {
    List<String> first = section.names().subList(0, Math.min(3, section.names().size()));
    String more = section.names().size() > first.size() ? ", …" : "";
    return shape("a mapping (" + String.join(", ", first) + more + ")", found);
  }

  private static String expectedList(Section<?> section, Node found) {
    return shape("a list (- " + section.names().getFirst() + ": …)", found);
  }

  private static String shape(String wanted, Node found) {
    return found instanceof Node.Scalar scalar && scalar.isNull()
        ? "has no value; give " + wanted + ", or remove the key"
        : "must be " + wanted + ", not " + found.kind();
  }
}
