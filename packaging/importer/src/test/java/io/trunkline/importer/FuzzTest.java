package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a file holds, importing ends, and what it writes is YAML with known keys. */
class FuzzTest {
  private static final String NOISE = "{}[]\"'\\#!$@:,-= \n\t\u0000\u0085\u2028é*&|>%~1/";

  private static List<String> texts(Dialect dialect) {
    return switch (dialect) {
      case HAPROXY ->
          List.of(
              Importing.text("haproxy-split-ports.cfg"),
              Importing.text("haproxy-vip-port.cfg"),
              Importing.text("shape-ansible.cfg"),
              listeners(),
              Importing.text("shape-services.cfg"));
      case KEEPALIVED ->
          List.of(
              Importing.text("keepalived-haproxy-01.conf"), Importing.text("shape-unicast.conf"));
      case VIP_MANAGER -> List.of(Importing.text("vip-manager.yml"));
      case PATRONI ->
          List.of(Importing.text("patroni-postgres-01.yml"), Importing.text("patroni-docker.yml"));
    };
  }

  /** A listener for each check of checks.txt. */
  private static String listeners() {
    return ChecksTest.checks().map(ChecksTest::listen).collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource
  void mutated(Dialect dialect) {
    var random = new Random(20_261_121);
    // About 4 ms each; -DargLine=-Dtrunkline.fuzz=100000 for a long look.
    for (int i = Integer.getInteger("trunkline.fuzz", 250); i > 0; i--) {
      List<String> texts = texts(dialect);
      StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        mutate(text, random);
      }
      ImportFuzz.check(new ImportSource("f", text.toString(), Optional.of(dialect)));
    }
  }

  private static void mutate(StringBuilder text, Random random) {
    int at = random.nextInt(text.length());
    int to = Math.min(text.length(), at + random.nextInt(40));
    switch (random.nextInt(4)) {
      case 0 -> text.setCharAt(at, NOISE.charAt(random.nextInt(NOISE.length())));
      case 1 -> text.delete(at, to).append('\n');
      case 2 -> text.insert(at, text.substring(at, to));
      default -> text.insert(at, NOISE.charAt(random.nextInt(NOISE.length())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMegabyteOfAnythingIsAnsweredQuickly(Dialect dialect) {
    for (String unit :
        List.of(
            "{",
            "x\n",
            "\"",
            "[",
            "a: b\n",
            "- x\n",
            "listen a\n",
            "defaults a from a\n",
            " bind *:1,*:2\n",
            "/",
            "vrrp_script s {\n script a:1/a:1/a:1/\n}\n",
            "$A=$A$A\n",
            "${A}",
            "vrrp_instance V {\n",
            "vrrp_instance V {\n virtual_ipaddress {\n 192.0.2.1\n }\n}\n",
            "listen x\n bind *:1-65535\n server a b:1 check\n",
            "&a ",
            ":")) {
      String text = unit.repeat(ImportSource.LARGEST / unit.length());
      long start = System.nanoTime();
      Importing.translate(new ImportSource("f", text, Optional.of(dialect)));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("%s %s", dialect, unit)
          .isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void moreThanAMegabyteIsNotRead() {
    assertThat(
            Importing.translate(
                new ImportSource("f", "x".repeat(ImportSource.LARGEST + 1), Optional.empty())))
        .hasToString("Unreadable[problems=[f: is larger than 1 MB]]");
  }
}
