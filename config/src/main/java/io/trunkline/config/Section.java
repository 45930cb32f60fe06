package io.trunkline.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that one mapping of the file may have, in the order of the manual. A key with a {@code
 * _file} twin is a secret. Its reader declares them; from them come the effective configuration and
 * the tables of the manual.
 *
 * @param <C> what the mapping is read as
 */
final class Section<C> {
  private final String path;
  private String alone = "";
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();
  private final Map<String, Function<C, ?>> values = new LinkedHashMap<>();
  private final List<Section<?>> inner = new ArrayList<>();

  /** A mapping of a configuration, to be written. */
  record Filled<C>(Section<C> section, C config) {

    /** Its values by key, as that function writes them; it has null for what is left out. */
    Map<String, Object> written(Function<Object, @Nullable Object> value) {
      Map<String, Object> fields = new LinkedHashMap<>();
      section.values.forEach(
          (name, of) -> {
            Object written = value.apply(of.apply(config));
            if (written != null) {
              fields.put(name, written);
            }
          });
      return fields;
    }
  }

  /**
   * @param path as in {@code clusters[].etcd}; empty for the whole file
   */
  Section(String path) {
    this.path = path;
  }

  /** The value of that key may stand for the whole mapping, as in {@code tls: require}. */
  Section<C> orAlone(String key) {
    alone = key;
    return this;
  }

  /** A key that another one or the file itself says more about. */
  <T> Key<T> key(String name, Type<T> type) {
    Key<T> key = new Key<>(name, type);
    if (keys.put(name, key) != null) {
      throw new IllegalArgumentException(name + " twice in " + path);
    }
    return key;
  }

  /**
   * @param value of a configuration; an empty one is not written
   */
  <T> Key<T> key(String name, Type<T> type, Function<C, ?> value) {
    values.put(name, value);
    return key(name, type);
  }

  /** A secret, and the key for a file that holds it. */
  Key<Secret> secret(String name, Function<C, ?> value) {
    Key<Secret> key = key(name, Type.SECRET, value);
    key(name + "_file", Type.FILE).without("").means("A file that holds it.");
    return key;
  }

  <I> Key<MappingReader> mapping(String name, Section<I> section, Function<C, Optional<I>> value) {
    inner.add(section);
    return key(name, Type.mapping(section), config -> value.apply(config).map(section::filled))
        .without("");
  }

  <I> Key<List<MappingReader>> mappings(
      String name, Section<I> section, Function<C, List<I>> value) {
    inner.add(section);
    return key(
        name,
        Type.mappings(section),
        config -> value.apply(config).stream().map(section::filled).toList());
  }

  Filled<C> filled(C config) {
    return new Filled<>(this, config);
  }

  /** A list that is written only if it is not empty. */
  static <T> Optional<List<T>> some(List<T> all) {
    return when(!all.isEmpty(), all);
  }

  /** A value that is written only on a condition. */
  static <T> Optional<T> when(boolean condition, T value) {
    return Optional.of(value).filter(_ -> condition);
  }

  String path() {
    return path;
  }

  /** Empty where there is none. */
  String alone() {
    return alone;
  }

  List<String> names() {
    return List.copyOf(keys.keySet());
  }

  List<Key<?>> keys() {
    return List.copyOf(keys.values());
  }

  boolean has(String key) {
    return keys.containsKey(key);
  }

  boolean isSecret(String key) {
    return has(key + "_file");
  }

  boolean hasSecrets() {
    return keys.keySet().stream().anyMatch(this::isSecret);
  }

  /** This one and those inside it. */
  Stream<Section<?>> all() {
    return Stream.concat(Stream.of(this), inner.stream().flatMap(Section::all));
  }

  /** A link to it in the manual. */
  String link() {
    String name = path.replace("[]", "").replaceFirst(".*\\.", "");
    String link = "[%s](#%s)".formatted(name, path.replaceAll("[^a-z_]", ""));
    return alone.isEmpty() ? link : link + ", or its `" + alone + "` alone";
  }

  /** What to say about a key that it does not have. */
  String unknownKey(String key) {
    String likely = Suggestions.didYouMean(key, names());
    return "unknown key" + (likely.isEmpty() ? elsewhere(key) : likely);
  }

  private static String elsewhere(String key) {
    List<Section<?>> homes = RootReader.KEYS.all().filter(section -> section.has(key)).toList();
    if (homes.size() != 1) {
      return "";
    }
    String path = homes.getFirst().path;
    return "; it belongs " + (path.isEmpty() ? "at the top of the file" : "in " + path);
  }
}
