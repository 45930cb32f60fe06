package io.trunkline.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.trunkline.config.Cidr;
import io.trunkline.config.RuleConfig;
import io.trunkline.config.RuleConfig.Action;
import io.trunkline.config.RuleConfig.Tls;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.admission.Rules.Admitted;
import io.trunkline.proxy.admission.Rules.Refused;
import io.trunkline.proxy.admission.Rules.Verdict;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("10.0.0.7");
  private static final Opening APP = startup(Map.of("user", "app", "database", "shop"));

  private static Opening startup(Map<String, String> parameters) {
    return new Opening.StartupMessage(3, 0, parameters);
  }

  private static RuleConfig rule(
      List<String> users, List<String> databases, Action action, OptionalInt most, Tls tls) {
    return new RuleConfig(List.of(), users, databases, action, most, tls);
  }

  private static RuleConfig rule(List<String> users, Action action) {
    return rule(users, List.of(), action, OptionalInt.empty(), Tls.ANY);
  }

  private static RuleConfig from(String network, int prefix, Action action) {
    return new RuleConfig(
        List.of(new Cidr(InetAddress.ofLiteral(network), prefix)),
        List.of(),
        List.of(),
        action,
        OptionalInt.empty(),
        Tls.ANY);
  }

  private static Verdict admit(Opening opening, RuleConfig... rules) {
    return new Rules(List.of(rules)).admit(CLIENT, opening, false);
  }

  @Test
  void noneIsAboutIt() {
    assertThat(admit(APP)).isEqualTo(new Admitted(-1, false));
    assertThat(admit(APP, rule(List.of("other"), Action.REJECT)))
        .isEqualTo(new Admitted(-1, false));
    assertThat(admit(APP, from("10.1.0.0", 16, Action.REJECT))).isEqualTo(new Admitted(-1, false));
  }

  @Test
  void theFirstDecides() {
    assertThat(
            admit(APP, rule(List.of("app", "jobs"), Action.ALLOW), rule(List.of(), Action.REJECT)))
        .isEqualTo(new Admitted(0, false));
    assertThat(admit(APP, rule(List.of("x"), Action.ALLOW), rule(List.of(), Action.REJECT)))
        .isEqualTo(
            new Refused(SessionEnd.RULE_REJECTS, "rule 2 of the listener rejects this client"));
    assertThat(admit(APP, from("10.0.0.0", 8, Action.REJECT), rule(List.of("app"), Action.ALLOW)))
        .isInstanceOf(Refused.class);
  }

  @Test
  void theDatabaseIsTheUserWhereNoneIsNamed() {
    RuleConfig rule = rule(List.of(), List.of("app"), Action.REJECT, OptionalInt.empty(), Tls.ANY);
    assertThat(admit(startup(Map.of("user", "app")), rule)).isInstanceOf(Refused.class);
    assertThat(admit(startup(Map.of("user", "app", "database", "")), rule))
        .isInstanceOf(Refused.class);
    assertThat(admit(APP, rule)).isInstanceOf(Admitted.class);
  }

  @Test
  void aNameThatPostgresCutsIsTheShorterOne() {
    String name = "n".repeat(63);
    byte[] body = ("user\0" + name + "x\0\0").getBytes(StandardCharsets.US_ASCII);
    Opening opening =
        OpeningDecoder.peek(Unpooled.wrappedBuffer(Packets.packet(196_608, body))).orElseThrow();
    assertThat(admit(opening, rule(List.of(name), Action.REJECT))).isInstanceOf(Refused.class);
  }

  @Test
  void itsConnectionsAreCounted() {
    Rules rules =
        new Rules(
            List.of(rule(List.of("app"), List.of(), Action.ALLOW, OptionalInt.of(2), Tls.ANY)));
    assertThat(rules.admit(CLIENT, APP, false)).isEqualTo(new Admitted(0, false));
    assertThat(rules.admit(CLIENT, APP, false)).isEqualTo(new Admitted(0, false));
    for (int i = 0; i < 3; i++) {
      assertThat(rules.admit(CLIENT, APP, false))
          .isEqualTo(
              new Refused(SessionEnd.RULE_FULL, "rule 1 of the listener allows 2 connections"));
    }
    rules.leave(0);
    rules.leave(-1);
    assertThat(rules.admit(CLIENT, APP, false)).isEqualTo(new Admitted(0, false));
  }

  @Test
  void tls() {
    Rules rules =
        new Rules(
            List.of(rule(List.of(), List.of(), Action.ALLOW, OptionalInt.empty(), Tls.REQUIRE)));
    assertThat(rules.admit(CLIENT, APP, true)).isEqualTo(new Admitted(0, true));
    assertThat(rules.admit(CLIENT, APP, false))
        .isEqualTo(
            new Refused(SessionEnd.RULE_TLS_REQUIRED, "rule 1 of the listener requires TLS"));
  }
}
