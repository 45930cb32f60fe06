package io.trunkline.config;

import static io.trunkline.config.Loading.cluster;
import static io.trunkline.config.Loading.rejects;
import static io.trunkline.config.Loading.valid;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final String FIELD = "clusters[0].sentinel.password";

  @TempDir private Path directory;

  /** What people type as a password without quotes, and YAML takes for something else. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*hunter2",
        "&hunter2",
        "!hunter2",
        "!hunter2 x",
        "%hunter2",
        "@hunter2",
        "`hunter2",
        "[hunter2]",
        "[hunter2",
        "{hunter2}",
        "{hunter2: hunter2}",
        "{hunter2",
        "x: hunter2",
        "'hunter2",
        "\"hunter2",
        "\"\\hunter2\"",
        "|hunter2",
        ">hunter2",
        "- hunter2",
        "? hunter2",
        "${hunter2",
        "${hunter2}x",
        "x${hunter2}",
        "x${hunter 2}",
        "\thunter2: x",
        "hunter2\n          hunter2: x",
        "hunter2\u0007",
        "{{ hunter2 }}",
        "!!int hunter2",
      })
  void never_in_a_problem(String written) {
    for (String shape :
        List.of("sentinel: {user: u, password: %s}", "sentinel:\n  user: u\n  password: %s")) {
      String yaml = cluster("scope: a\netcd: {host: x}\n" + shape.formatted(written));
      switch (Loading.load(yaml)) {
        case ConfigResult.Valid(TrunklineConfig config) ->
            assertThat(config.toString()).doesNotContain("hunter");
        case ConfigResult.Invalid(List<Problem> problems) ->
            assertThat(problems.toString()).isNotEmpty().doesNotContain("hunter");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sentinel: {user: u, password: x, hunter2}",
        "sentinel: {user: u, password: x, y: hunter2}",
        "sentinel: {user: u, password: x, hunter2: y}",
        "sentinel: {user: u, pasword: hunter2}",
        "sentinel: {user: u, password: [hunter2]}",
        "sentinel: hunter2",
        "sentinel: [hunter2]",
        "etcd: {url: 'http://u:hunter2@x:y'}",
        "etcd: {hosts: ['http://u:hunter2@x']}",
        "etcd: {hosts: ['u:hunter2@x:1']}",
        "patroni: {hosts: ['http://u:hunter2@x']}",
        "etcd: {host: x, username: hunter2}",
      })
  void never_in_a_problem_with_its_surroundings(String lines) {
    assertThat(Loading.problems(cluster("scope: a\n" + lines)).toString()).doesNotContain("hunter");
  }

  @Test
  void what_a_number_or_a_word_says_is_text() {
    for (String text : List.of("0123", "1e5", "true", "no", "12:30", " padded ", "a#b")) {
      String yaml =
          cluster("scope: a\netcd: {host: x}\nsentinel: {user: u, password: '" + text + "'}");

      assertThat(valid(yaml).cluster("a").sentinel().orElseThrow().password())
          .isEqualTo(new Secret(text));
    }
  }

  @Test
  void without_a_value() {
    rejects(
        sentinel("password:"), "6:16: " + FIELD + ": has no value; give one, or remove the key");
    rejects(
        sentinel("password: ${EMPTY}"),
        "6:17: " + FIELD + ": has no value; give one, or remove the key");
  }

  @Test
  void a_variable_that_is_the_whole_value_is_named() {
    rejects(
        sentinel("password: ${PW}"),
        "6:17: "
            + FIELD
            + ": environment variable PW is not defined; define it, give a default as in"
            + " ${NAME:-default}, or write $${ for a literal ${");
  }

  @Test
  void from_a_file() throws IOException {
    Path file = directory.resolve("secret");
    String field = "6:22: " + FIELD + "_file: " + file;
    rejects(sentinel("password_file: " + file), field + " does not exist");
    Files.writeString(file, "\n");
    rejects(sentinel("password_file: " + file), field + " is empty");
    Files.writeString(file, "hunter2\nhunter3\n");
    rejects(
        sentinel("password_file: " + file),
        field + " holds more than one line; a secret is one line");
    Files.writeString(file, "x".repeat(5000));
    rejects(
        sentinel("password_file: " + file),
        field + " holds more than one line; a secret is one line");
    rejects(
        sentinel("password_file: " + directory),
        field.replace(file.toString(), directory.toString()) + " is a directory; name a file");
    Files.writeString(file, "hunter2\r\n");
    assertThat(
            valid(sentinel("password_file: " + file))
                .cluster("a")
                .sentinel()
                .orElseThrow()
                .password())
        .isEqualTo(new Secret("hunter2"));
    rejects(
        sentinel("password: x\npassword_file: " + file),
        "7:22: " + FIELD + "_file: is given beside password; keep one of them");
  }

  private static String sentinel(String lines) {
    return cluster(
        "scope: a\netcd: {host: x}\nsentinel:\n  user: u\n  " + lines.replace("\n", "\n  "));
  }
}
