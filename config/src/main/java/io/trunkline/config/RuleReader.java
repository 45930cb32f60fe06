package io.trunkline.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code rules} of a listener. */
final class RuleReader {
  /** PostgreSQL cuts longer names (NAMEDATALEN). */
  private static final int LONGEST_NAME = 63;

  private RuleReader() {}

  static List<RuleConfig> read(MappingReader listener, TlsConfig.Mode tls) {
    List<RuleConfig> rules = new ArrayList<>();
    for (MappingReader in : listener.sections("rules", Sections.RULE)) {
      rules.add(rule(in));
      if (tls == TlsConfig.Mode.PASSTHROUGH) {
        refuseWhatCannotBeSeen(in);
      }
    }
    return rules;
  }

  private static RuleConfig rule(MappingReader in) {
    Optional<RuleConfig.Action> action =
        in.required("action", "allow | reject")
            .flatMap(value -> value.choice(RuleConfig.Action.class));
    if (action.equals(Optional.of(RuleConfig.Action.REJECT))) {
      in.refuse("max_connections", "is used only with action: allow");
      in.refuse("tls", "is used only with action: allow");
    }
    for (String key : List.of("from", "user", "database")) {
      if (in.isEmptyList(key)) {
        in.problem(key, "is empty; name at least one, or remove the key to mean all");
      }
    }
    return new RuleConfig(
        in.values("from").stream().flatMap(value -> value.as(Addresses::cidr).stream()).toList(),
        names(in, "user"),
        names(in, "database"),
        action.orElse(RuleConfig.Action.REJECT),
        in.value("max_connections")
            .flatMap(value -> value.integer(1, ListenerReader.MOST_CONNECTIONS))
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty()),
        in.choice("tls", RuleConfig.Tls.ANY));
  }

  private static List<String> names(MappingReader in, String key) {
    return in.values(key).stream().flatMap(value -> name(value).stream()).toList();
  }

  private static Optional<String> name(Value value) {
    return value.text().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME
        ? value.reject("is longer than the 63 bytes of a name in PostgreSQL")
        : Optional.of(value.text());
  }

  /** A client could get past such a rule by asking for TLS. */
  private static void refuseWhatCannotBeSeen(MappingReader in) {
    for (String key : List.of("user", "database")) {
      in.refuse(
          key,
          "cannot be seen where TLS is passed through, so a client could get past this rule;"
              + " write tls: {mode: terminate, cert: PATH, key: PATH} in the listener, or remove"
              + " the key");
    }
  }
}
