package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What follows the address on a {@code bind} or {@code server} line: words, each with at most one
 * value. Those that are asked for are taken.
 */
final class HaproxyOptions {
  private static final Set<String> WITHOUT_VALUE =
      Text.words(
          """
          accept-proxy agent-check allow-0rtt backup check check-reuse-pool check-send-proxy
          check-sni-auto check-ssl check-via-socks4 defer-accept disabled enabled
          generate-certificates non-stick prefer-client-ciphers quic-force-retry renegotiate
          send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn sni-auto ssl stick
          strict-maxconn strict-sni tfo tls-tickets transparent v4v6 v6only
          """);

  private final Map<String, List<Option>> options = new LinkedHashMap<>();

  /** A word of a line and, if it has one, the value after it. */
  record Option(Line line, int at, boolean hasValue) {
    String name() {
      return line.word(at);
    }

    /** {@code no-X} takes X back. */
    private boolean isNegated() {
      return name().startsWith("no-");
    }

    private String subject() {
      return isNegated() ? name().substring(3) : name();
    }

    private String value() {
      return hasValue ? line.word(at + 1) : "";
    }

    void take() {
      line.take(at);
      if (hasValue) {
        line.take(at + 1);
      }
    }
  }

  /** Those of that line, from that word on. */
  static List<Option> of(Line line, int from) {
    List<Option> options = new ArrayList<>();
    int at = from;
    while (at < line.words().size()) {
      String word = line.word(at);
      boolean alone =
          WITHOUT_VALUE.contains(word) || word.startsWith("no-") || word.startsWith("force-");
      options.add(new Option(line, at, !alone && at + 1 < line.words().size()));
      at += alone ? 1 : 2;
    }
    return options;
  }

  /** Words that come later count. */
  HaproxyOptions add(List<Option> more) {
    more.forEach(
        option -> options.computeIfAbsent(option.subject(), name -> new ArrayList<>()).add(option));
    return this;
  }

  HaproxyOptions add(HaproxyOptions other) {
    other.options.values().forEach(this::add);
    return this;
  }

  /** Whether it is there, which only is looked at. */
  boolean mentions(String option) {
    return last(option).isPresent();
  }

  boolean has(String option) {
    return taken(option).isPresent();
  }

  Optional<String> value(String option) {
    return taken(option).map(Option::value).filter(value -> !value.isEmpty());
  }

  /** Whether that is its value; another one is left. */
  boolean is(String option, String value) {
    boolean same = last(option).filter(it -> it.value().equals(value)).isPresent();
    return same && has(option);
  }

  /** The first of several that count together; the others are left. */
  Optional<String> first(String option) {
    Optional<Option> first = all(option).findFirst();
    first.ifPresent(Option::take);
    return first.map(Option::value).filter(value -> !value.isEmpty());
  }

  Optional<Place> at(String option) {
    return last(option).map(it -> it.line().place());
  }

  private Optional<Option> taken(String option) {
    all(option).forEach(Option::take);
    return last(option);
  }

  private Optional<Option> last(String option) {
    return all(option).reduce((one, other) -> other).filter(it -> !it.isNegated());
  }

  private Stream<Option> all(String option) {
    return options.getOrDefault(option, List.of()).stream();
  }
}
