package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ConfigResult;
import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Whole files of others, each with what it comes to. */
class FilesTest {
  /** A case of files.txt. */
  record Case(String title, List<ImportSource> sources, List<String> expected) {
    static Case of(String text) {
      String[] parts = text.split("\n=>\n", -1);
      String[] files = parts[0].split("\n-- ", -1);
      List<ImportSource> sources = new ArrayList<>();
      for (String file : Arrays.asList(files).subList(1, files.length)) {
        String[] named = file.split("\n", 2);
        sources.add(new ImportSource(named[0], named[1] + "\n", dialect(named[0])));
      }
      return new Case(files[0], sources, parts[1].lines().filter(it -> !it.isBlank()).toList());
    }

    private static Optional<Dialect> dialect(String name) {
      return Arrays.stream(Dialect.values()).filter(it -> it.usualName().equals(name)).findFirst();
    }

    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> cases() {
    return Arrays.stream(Importing.text("files.txt").split("(?m)^== ", -1)).skip(1).map(Case::of);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsMadeOfThem(Case given) {
    ImportResult.Imported imported = Importing.imported(given.sources.toArray(ImportSource[]::new));
    List<String> remarks =
        imported.remarks().stream().map(it -> it.kind().label() + ": " + it.message()).toList();
    List<String> written = written(imported.yaml());
    List<String> expected = new ArrayList<>();
    for (String line : given.expected) {
      if (line.startsWith("+ ")) {
        assertThat(remarks).anyMatch(it -> it.startsWith(line.substring(2)));
      } else if (line.startsWith("- ")) {
        assertThat(remarks).noneMatch(it -> it.contains(line.substring(2)));
      } else {
        expected.add(line);
      }
    }
    ConfigResult checked = Importing.check(Importing.filledIn(imported.yaml()));
    written.add(checked instanceof ConfigResult.Valid ? "good" : "refused");
    assertThat(written).as(imported.yaml()).isEqualTo(expected);
  }

  /** The clusters, listeners and VIPs of a file, a line each. */
  private static List<String> written(String yaml) {
    Map<String, Object> file = new Yaml().load(yaml);
    List<String> lines = new ArrayList<>();
    for (Map<String, Object> cluster : items(file, "clusters")) {
      Object patroni = cluster.get("patroni");
      Object hosts = patroni instanceof Map<?, ?> section ? section.get("hosts") : null;
      lines.add(
          "cluster "
              + cluster.getOrDefault("name", cluster.get("scope"))
              + (hosts == null ? "" : " hosts " + joined(hosts, ", ")));
    }
    for (Map<String, Object> listener : items(file, "listeners")) {
      lines.add(
          "listener "
              + listener.get("name")
              + " on "
              + listener.getOrDefault("cluster", lines.getFirst().split(" ", -1)[1])
              + ": "
              + listener.get("route")
              + (listener.containsKey("fallback") ? ", then " + listener.get("fallback") : "")
              + (listener.containsKey("target") ? ", target " + listener.get("target") : "")
              + (listener.get("allow") == null
                  ? ""
                  : ", allow " + joined(listener.get("allow"), " ")));
    }
    if (file.containsKey("listeners") && items(file, "listeners").isEmpty()) {
      lines.add("no listeners");
    }
    for (Map<String, Object> vip : items(file, "vips")) {
      Object excluded = vip.get("excluded_addresses");
      lines.add(
          "vip "
              + vip.get("name")
              + " "
              + vip.get("mode")
              + ": "
              + joined(vip.get("addresses"), " ")
              + (excluded == null ? "" : ", excluded " + joined(excluded, " "))
              + (vip.containsKey("member") ? ", member " + vip.get("member") : ""));
    }
    return lines;
  }

  private static String joined(Object items, String separator) {
    return ((Collection<?>) items)
        .stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> items(Map<String, Object> file, String key) {
    return (List<Map<String, Object>>) file.getOrDefault(key, List.of());
  }
}
