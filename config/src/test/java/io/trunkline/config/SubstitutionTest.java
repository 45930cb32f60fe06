package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstitutionTest {
  private final Substitution substitution =
      new Substitution(Map.of("A", "1", "EMPTY", "", "NESTED", "${A}", "DOLLAR", "$"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain|plain",
        "${A}|1",
        "x${A}y${A}z|x1y1z",
        "$A|$A",
        "$|$",
        "$${A}|${A}",
        "$$${A}|$${A}",
        "${NOPE:-d}|d",
        "${EMPTY:-d}|d",
        "${A:-d}|1",
        "${NOPE:-}x|x",
        "${NOPE:-a:-b}|a:-b",
        "${NESTED}|${A}",
        "${DOLLAR}{A}|${A}",
      })
  void values(String text, String expected) {
    assertThat(substitution.apply(text, false, problem -> {})).contains(expected);
  }

  @Test
  void every_undefined_variable_is_named() {
    List<String> problems = new ArrayList<>();

    assertThat(substitution.apply("${B}${A}${C}${1x}", false, problems::add)).isEmpty();
    assertThat(problems).hasSize(3);
    assertThat(problems.get(0)).startsWith("environment variable B is not defined");
    assertThat(problems.get(1)).startsWith("environment variable C is not defined");
    assertThat(problems.get(2)).startsWith("\"1x\" is not the name of an environment variable");
  }

  @Test
  void an_open_brace() {
    List<String> problems = new ArrayList<>();

    assertThat(substitution.apply("x${A", false, problems::add)).isEmpty();
    assertThat(problems).containsExactly("has ${ without a closing }; a literal ${ is written $${");
  }

  @Test
  void escaping_any_text_and_substituting_gives_it_back() {
    var random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append("${}A".charAt(random.nextInt(4)));
      }

      assertThat(substitution.apply(Substitution.escape(text.toString()), false, p -> {}))
          .contains(text.toString());
    }
  }

  @Test
  void in_the_file() {
    TrunklineConfig config =
        Loading.valid("clusters: [{scope: '${SCOPE}-1', etcd: {hosts: '${HOSTS}'}}]");

    ClusterConfig cluster = config.cluster("pg-1");
    assertThat(cluster.etcd().orElseThrow().hosts())
        .containsExactly(new HostPort("a", 2379), new HostPort("b", 2380));
  }

  @Test
  void what_the_environment_says_is_not_yaml() {
    assertThat(Loading.problems("clusters: [{scope: '${NESTED}', etcd: {hosts: [x]}}]"))
        .singleElement()
        .asString()
        .startsWith("1:20: clusters[0].name: \"${SCOPE}\" cannot be a name");
  }
}
