package io.trunkline.importer;

import static org.assertj.core.api.Assertions.fail;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.Problem;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Remark;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Imports texts and reads what comes of it as {@code trunkline check} does. */
final class Importing {
  private Importing() {}

  /** A file of the tests' resources. */
  static ImportSource resource(String name) {
    return new ImportSource(name, text(name));
  }

  static String text(String name) {
    try (InputStream in = Importing.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ImportResult translate(ImportSource... sources) {
    return new Importer(Map.of("WRITE_PORT", "6000"), "proxy-01.example")
        .translate(List.of(sources));
  }

  static ImportResult.Imported imported(ImportSource... sources) {
    return switch (translate(sources)) {
      case ImportResult.Imported imported -> imported;
      case ImportResult.Unreadable(List<Problem> problems) -> fail("unreadable: " + problems);
    };
  }

  /** What the files came to, filled in; certificates are exchanged for those of the tests. */
  static TrunklineConfig config(ImportSource... sources) {
    String yaml = withCertificates(filledIn(imported(sources).yaml()));
    return switch (check(yaml)) {
      case ConfigResult.Valid(TrunklineConfig config) -> config;
      case ConfigResult.Invalid(List<Problem> problems) -> fail(problems + "\n" + yaml);
    };
  }

  static TrunklineConfig config(String... names) {
    return config(Arrays.stream(names).map(Importing::resource).toArray(ImportSource[]::new));
  }

  static ConfigResult check(String yaml) {
    return new ConfigLoader(Map.of(), Set.of("enp0s3", "eth0", "ens192", "eth1"))
        .load(Path.of("/tmp/trunkline.yaml"), yaml);
  }

  /** With scopes that no file tells; they are those of the clusters' names. */
  static String filledIn(String yaml) {
    return yaml.replaceAll("name: (\\S+)\n +scope: CHANGE_ME\n", "scope: $1\n");
  }

  private static String withCertificates(String yaml) {
    return yaml.replaceAll("(?m)^( +(?:cacert|client_ca)): .*$", "$1: " + pem("ca.crt"))
        .replaceAll("(?m)^( +cert): .*\\n +key: .*$", "$1: " + pem("both.pem"))
        .replaceAll("(?m)^( +cert): .*$", "$1: " + pem("both.pem"));
  }

  static Path pem(String name) {
    try {
      return Path.of(Objects.requireNonNull(Importing.class.getResource("pem/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code line: kind: first words} of each remark. */
  static List<String> remarks(ImportSource... sources) {
    List<String> told = new ArrayList<>();
    for (Remark remark : imported(sources).remarks()) {
      told.add(remark.line() + ": " + remark.kind().label() + ": " + remark.message());
    }
    return told;
  }

  static ImportSource haproxy(String text) {
    return new ImportSource("haproxy.cfg", text, Optional.of(Dialect.HAPROXY));
  }

  static ImportSource keepalived(String text) {
    return new ImportSource("keepalived.conf", text, Optional.of(Dialect.KEEPALIVED));
  }

  static ImportSource vipManager(String text) {
    return new ImportSource("vip-manager.yml", text, Optional.of(Dialect.VIP_MANAGER));
  }

  static ImportSource patroni(String text) {
    return new ImportSource("patroni.yml", text, Optional.of(Dialect.PATRONI));
  }
}
