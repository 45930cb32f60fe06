package io.trunkline.config;

import static io.trunkline.config.Loading.rejects;
import static io.trunkline.config.Loading.withCluster;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not YAML, or not one small document of it, is said in words. */
class SyntaxTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n", "~", "null"})
  void an_empty_file(String yaml) {
    rejects(
        yaml,
        "1:1: the file is empty; the least it needs is"
            + " clusters: [{scope: NAME, etcd: {hosts: [HOST:2379]}}]");
  }

  @Test
  void not_a_mapping() {
    rejects("- a\n", "1:1: must be a mapping (node, zone, clusters, …), not a list");
    rejects("just text", "1:1: must be a mapping (node, zone, clusters, …), not text");
  }

  @Test
  void tabs() {
    rejects(
        "clusters:\n\t- scope: a\n",
        "2:1: a tab is used where YAML allows only spaces; indent with spaces");
  }

  @Test
  void quotes_and_brackets_that_stay_open() {
    rejects("node: \"abc\nlog: {}\n", "1:7: the quote that begins here is never closed");
    rejects("node: 'abc\n", "1:7: the quote that begins here is never closed");
    rejects("clusters: [a, b\n", "1:11: the [ … ] that begins here is never closed");
    rejects("admin: {bind: x\n", "1:8: the { … } that begins here is never closed");
    rejects(
        "admin: {bind: x\nlog: y}\n", "1:8: the { … } that begins here lacks a comma or its end");
  }

  @Test
  void references_in_flow_collections() {
    rejects(
        "clusters: [{scope: ${SCOPE}}]\n",
        "1:21: inside [ ] and { }, a value with { or } must be in quotes");
  }

  @Test
  void indentation_and_colons() {
    rejects(
        "node: a\n  log: b\n",
        "2:6: a second \": \" where none may be; put the value in quotes, or check the"
            + " indentation");
    rejects(
        "log:\n    level: info\n  format: json\n",
        "3:3: this line does not fit the lines above; check its indentation and quotes");
    rejects("node: a\nlog\n", "2:1: expected \"key: value\" here, with a space after the colon");
    rejects(
        "node: - a\n", "1:7: a list item (- …) may not stand here; begin the list on its own line");
  }

  @Test
  void values_that_need_quotes() {
    rejects("node: @x\n", "1:7: a value cannot begin with this character; put it in quotes");
    rejects(
        "node: !x y\n",
        "1:7: tags (!…) are not supported; a value that begins with ! must be in quotes");
    rejects(
        "node: *x\n",
        "1:7: * refers to an anchor that is not defined above;"
            + " a value that begins with * must be in quotes");
    rejects("node: *:x\n", "1:8: a value that begins with &, * or ! must be in quotes");
    rejects("node: %x\n", "1:7: a value cannot begin with this character; put it in quotes");
    rejects(
        "node: \"a\\q\"\n",
        "1:10: in double quotes a backslash begins an escape and this one is unknown;"
            + " use single quotes or write \\\\");
    rejects(
        "node: |x\n",
        "1:8: after | or > only an indentation digit, + or - may follow;"
            + " put a value that begins with them in quotes");
  }

  @Test
  void keys_that_are_not_text() {
    rejects(
        withCluster("{{ node }}: x\nnod: y\n"),
        "2:1: a key must be text, not a mapping; a value that begins with { or [ must be in quotes",
        "2:2: a key must be text, not a mapping; a value that begins with { or [ must be in"
            + " quotes",
        "3:1: nod: unknown key; did you mean node?");
  }

  @Test
  void several_documents() {
    rejects(
        "node: a\n---\nnode: b\n",
        "2:1: a second document begins here (---); a configuration is one document");
  }

  @Test
  void aliases_stand_for_what_they_name() {
    TrunklineConfig config =
        Loading.valid(
            """
            clusters:
              - {scope: a, etcd: &etcd {hosts: [x:1]}}
              - {scope: b, etcd: *etcd}
            listeners: [{name: w, bind: "a:1", route: any, cluster: a}]
            """);

    assertThat(config.cluster("a").etcd()).isEqualTo(config.cluster("b").etcd());
  }

  @Test
  void a_bomb_of_aliases_is_defused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i)).append("*a%d, ".formatted(i - 1).repeat(9));
      bomb.append("*a%d]\n".formatted(i - 1));
    }

    rejects(bomb.toString(), "5:45: more than 100000 values up to here, aliases included");
  }

  @Test
  void an_alias_of_itself() {
    rejects(
        "node: &a [*a]\n",
        "1:11: * refers to an anchor that is not defined above;"
            + " a value that begins with * must be in quotes");
  }

  @Test
  void depth() {
    rejects("node: " + "[".repeat(500_000), "1:38: nested more than 32 levels deep");
    StringBuilder ladder = new StringBuilder("a0: &a0 x\n");
    for (int i = 1; i < 40; i++) {
      ladder.append("a%d: &a%d [*a%d]\n".formatted(i, i, i - 1));
    }
    rejects(ladder.toString(), "32:12: nested more than 32 levels deep");
  }

  @Test
  void a_million_unknown_keys_are_not_all_listed() {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      keys.append("unknown").append(i).append(": x\n");
    }

    assertThat(Loading.problems(withCluster(keys.toString())))
        .hasSize(1001)
        .last()
        .isEqualTo("and 1000 more problems");
  }
}
