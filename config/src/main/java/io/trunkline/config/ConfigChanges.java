package io.trunkline.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How two configurations differ, key by key, for people; of secrets only that they do. */
public final class ConfigChanges {
  private static final String SECRET = "\0";

  private final List<Change> changes = new ArrayList<>();

  private ConfigChanges() {}

  /**
   * One difference.
   *
   * @param field as in the file: {@code listeners[read].max_lag}
   * @param what {@code added}, {@code removed} or {@code 16MB -> 32MB}
   */
  public record Change(String field, String what) {

    /** Whether it holds only after a restart. */
    public boolean needsRestart() {
      return ConfigChanges.needRestart().contains(field.split("[.\\[]", 2)[0]);
    }

    @Override
    public String toString() {
      return field + ": " + what;
    }
  }

  /** The keys at the top of the file that a process has from its start to its end. */
  public static List<String> needRestart() {
    return RootReader.KEYS.keys().stream().filter(Key::needsRestart).map(Key::name).toList();
  }

  /** In the order of the manual; none where they are the same. */
  public static List<Change> between(TrunklineConfig before, TrunklineConfig after) {
    ConfigChanges found = new ConfigChanges();
    found.compare("", tree(before), tree(after));
    return List.copyOf(found.changes);
  }

  private static Map<?, ?> tree(TrunklineConfig config) {
    return EffectiveConfig.tree(config, secret -> SECRET + secret.reveal());
  }

  private void compare(String field, @Nullable Object before, @Nullable Object after) {
    if (Objects.equals(before, after)) {
      return;
    }
    if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> now) {
      Set<Object> keys = new LinkedHashSet<>(old.keySet());
      keys.addAll(now.keySet());
      keys.forEach(
          key ->
              compare(
                  field.isEmpty() ? key.toString() : field + "." + key,
                  old.get(key),
                  now.get(key)));
    } else if (named(before) && named(after)) {
      Map<String, Object> old = byName((List<?>) before);
      Map<String, Object> now = byName((List<?>) after);
      Set<String> names = new LinkedHashSet<>(old.keySet());
      names.addAll(now.keySet());
      names.forEach(name -> compare(field + "[" + name + "]", old.get(name), now.get(name)));
    } else {
      changes.add(new Change(field, words(before, after)));
    }
  }

  private static String words(@Nullable Object before, @Nullable Object after) {
    boolean whole = before instanceof Map || after instanceof Map;
    if (before == null) {
      return whole ? "added" : "set to " + shown(after);
    }
    if (after == null) {
      return "removed";
    }
    return shown(before).equals(shown(after)) ? "changed" : shown(before) + " -> " + shown(after);
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case List<?> items ->
          items.stream().map(ConfigChanges::shown).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> fields ->
          fields.entrySet().stream()
              .map(each -> each.getKey() + ": " + shown(each.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case String text when text.startsWith(SECRET) -> new Secret("").toString();
      case null, default -> String.valueOf(value);
    };
  }

  private static boolean named(@Nullable Object value) {
    return value instanceof List<?> items
        && items.stream()
            .allMatch(it -> it instanceof Map<?, ?> fields && fields.containsKey("name"));
  }

  private static Map<String, Object> byName(List<?> items) {
    Map<String, Object> named = new LinkedHashMap<>();
    items.forEach(it -> named.put(String.valueOf(((Map<?, ?>) it).get("name")), it));
    return named;
  }
}
