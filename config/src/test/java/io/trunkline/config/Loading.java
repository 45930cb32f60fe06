package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Loads texts as if they were files of a proxy node with two network interfaces. */
final class Loading {
  static final Machine MACHINE =
      new Machine(
          new TreeSet<>(Set.of("enp0s3", "lo")), "proxy-01", Instant.parse("2026-11-21T00:00:00Z"));

  private static final Map<String, String> ENVIRONMENT =
      Map.of("SCOPE", "pg", "EMPTY", "", "NESTED", "${SCOPE}", "HOSTS", "a:2379, b:2380");

  private Loading() {}

  static Path pem(String name) {
    try {
      return Path.of(Loading.class.getResource("pem/ca.crt").toURI()).resolveSibling(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where {@code pem/…} in a text is a certificate of the tests. */
  static ConfigResult load(String yaml) {
    return loader().load(file(), yaml);
  }

  private static ConfigLoader loader() {
    return new ConfigLoader(ENVIRONMENT, () -> MACHINE);
  }

  private static Path file() {
    return pem("..").normalize().resolve("trunkline.yaml");
  }

  static TrunklineConfig valid(String yaml) {
    return switch (load(yaml)) {
      case ConfigResult.Valid(TrunklineConfig config) -> config;
      case ConfigResult.Invalid(List<Problem> problems) -> fail("not valid: " + problems);
    };
  }

  /** {@code line:column: field: message} each. */
  static List<String> problems(String yaml) {
    return problems(load(yaml));
  }

  static List<String> problems(ConfigResult result) {
    return switch (result) {
      case ConfigResult.Valid(TrunklineConfig config) -> fail("valid: " + config);
      case ConfigResult.Invalid(List<Problem> problems) ->
          problems.stream()
              .map(p -> new Problem("", p.line(), p.column(), p.field(), p.message()).toString())
              .map(text -> text.replaceFirst("^: ?", "").replace(pem("").toString(), "pem"))
              .toList();
    };
  }

  static void rejects(String yaml, String... problems) {
    assertThat(problems(yaml)).containsExactly(problems);
  }

  /** A file with one good cluster, and what a test adds; that begins on line 2. */
  static String withCluster(String more) {
    return "clusters: [{scope: main, etcd: {hosts: [a:2379]}}]\n" + more;
  }

  /** A file with these lines as its only cluster; they begin on line 2, column 5. */
  static String cluster(String lines) {
    return "clusters:\n  - " + lines.strip().replace("\n", "\n    ") + "\n";
  }

  /** A file with these lines in a complete listener; they begin on line 3, column 5. */
  static String listener(String lines) {
    return withCluster(
        "listeners:\n  - "
            + lines.strip().replace("\n", "\n    ")
            + "\n    name: x\n    bind: 0.0.0.0:1\n    route: any\n");
  }

  /** A file with these lines in a VIP that has a name and an interface; they begin on line 3. */
  static String vip(String lines) {
    return withCluster(
        "vips:\n  - "
            + lines.strip().replace("\n", "\n    ")
            + "\n    name: x\n    interface: enp0s3\n");
  }
}
