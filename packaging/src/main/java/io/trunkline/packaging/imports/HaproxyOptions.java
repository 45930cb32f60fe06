package io.trunkline.packaging.imports;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What follows the address on a {@code bind} or {@code server} line: words, each with at most one
 * value.
 */
final class HaproxyOptions {
  private static final Set<String> WITHOUT_VALUE =
      Set.of(
          "accept-proxy",
          "agent-check",
          "allow-0rtt",
          "backup",
          "check",
          "check-reuse-pool",
          "check-send-proxy",
          "check-sni-auto",
          "check-ssl",
          "check-via-socks4",
          "defer-accept",
          "disabled",
          "enabled",
          "generate-certificates",
          "non-stick",
          "prefer-client-ciphers",
          "send-proxy",
          "send-proxy-v2",
          "send-proxy-v2-ssl",
          "send-proxy-v2-ssl-cn",
          "sni-auto",
          "ssl",
          "stick",
          "strict-maxconn",
          "strict-sni",
          "tfo",
          "transparent",
          "v4v6",
          "v6only");

  private final Map<String, String> values = new LinkedHashMap<>();

  static HaproxyOptions of(List<String> words) {
    var options = new HaproxyOptions();
    options.add(words);
    return options;
  }

  /** Words that come later count; {@code no-X} takes X back. */
  void add(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith("no-")) {
        values.remove(word.substring(3));
      } else if (WITHOUT_VALUE.contains(word) || word.startsWith("force-")) {
        values.put(word, "");
      } else {
        values.put(word, i + 1 < words.size() ? words.get(i + 1) : "");
        i++;
      }
    }
  }

  void add(HaproxyOptions other) {
    values.putAll(other.values);
  }

  boolean has(String option) {
    return values.containsKey(option);
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option)).filter(value -> !value.isEmpty());
  }

  Set<String> names() {
    return values.keySet();
  }
}
