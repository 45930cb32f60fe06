package io.trunkline.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code rules} of a listener. */
final class RuleReader {
  /** PostgreSQL cuts longer names (NAMEDATALEN). */
  private static final int LONGEST_NAME = 63;

  static final Section<RuleConfig> KEYS = new Section<>("listeners[].rules[]");
  static final Key<List<Cidr>> FROM =
      KEYS.key("from", Type.NETWORKS, rule -> Section.some(rule.from()))
          .without("all")
          .means("The client's address.");
  static final Key<List<String>> USER =
      KEYS.key(
              "user",
              Type.list("list of texts", RuleReader::name),
              rule -> Section.some(rule.users()))
          .without("all")
          .means("The user of the startup packet, as PostgreSQL spells it.");
  static final Key<List<String>> DATABASE =
      KEYS.key(
              "database",
              Type.list("list of texts", RuleReader::name),
              rule -> Section.some(rule.databases()))
          .without("all")
          .means("The database; where the client names none it is the user, as in PostgreSQL.");
  static final Key<RuleConfig.Action> ACTION =
      KEYS.key("action", Type.choice(RuleConfig.Action.class), RuleConfig::action)
          .required("allow | reject")
          .means("`reject` is FATAL 28000 with the number of the rule, counted from 1.");
  static final Key<Integer> MAX_CONNECTIONS =
      KEYS.key("max_connections", LimitsReader.MANY, RuleConfig::maxConnections)
          .without("no limit")
          .means(
              "How many clients may be connected by this rule at once; then FATAL 53300. Only with"
                  + " `allow`.");
  static final Key<RuleConfig.Tls> TLS =
      KEYS.key(
              "tls",
              Type.choice(RuleConfig.Tls.ANY),
              rule -> Section.when(rule.action() == RuleConfig.Action.ALLOW, rule.tls()))
          .means("Whether they need TLS; otherwise FATAL 28000. Only with `allow`.");

  private RuleReader() {}

  static List<RuleConfig> read(List<MappingReader> all, TlsConfig.Mode tls) {
    List<RuleConfig> rules = new ArrayList<>();
    for (MappingReader in : all) {
      rules.add(rule(in));
      if (tls == TlsConfig.Mode.PASSTHROUGH) {
        refuseWhatCannotBeSeen(in);
      }
    }
    return rules;
  }

  private static RuleConfig rule(MappingReader in) {
    Optional<RuleConfig.Action> action = in.find(ACTION);
    if (action.equals(Optional.of(RuleConfig.Action.REJECT))) {
      in.refuse(MAX_CONNECTIONS, "is used only with action: allow");
      in.refuse(TLS, "is used only with action: allow");
    }
    for (Key<?> key : List.of(FROM, USER, DATABASE)) {
      if (in.isEmptyList(key)) {
        in.problem(key, "is empty; name at least one, or remove the key to mean all");
      }
    }
    return new RuleConfig(
        in.get(FROM),
        in.get(USER),
        in.get(DATABASE),
        action.orElse(RuleConfig.Action.REJECT),
        in.findInt(MAX_CONNECTIONS),
        in.get(TLS));
  }

  private static Optional<String> name(Value value) {
    return value.text().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME
        ? value.reject("is longer than the 63 bytes of a name in PostgreSQL")
        : Optional.of(value.text());
  }

  /** A client could get past such a rule by asking for TLS. */
  private static void refuseWhatCannotBeSeen(MappingReader in) {
    for (Key<?> key : List.of(USER, DATABASE)) {
      in.refuse(
          key,
          "cannot be seen where TLS is passed through, so a client could get past this rule;"
              + " write tls: {mode: terminate, cert: PATH, key: PATH} in the listener, or remove"
              + " the key");
    }
  }
}
