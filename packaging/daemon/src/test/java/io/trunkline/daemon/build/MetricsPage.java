package io.trunkline.daemon.build;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.Validity;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.SampleVips;
import io.trunkline.daemon.metrics.Metrics;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The table of {@code docs/metrics.md}, made of what the daemon tells Prometheus: of a node that
 * has something to say in every metric.
 */
public final class MetricsPage {
  private static final String BEGIN = "<!-- made by make metrics-page -->\n";
  private static final String END = "<!-- end -->\n";
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (trunkline_\\w+) (.*)");
  private static final Pattern SAMPLE =
      Pattern.compile("(trunkline_\\w+?)(?:_bucket|_sum|_count)?(?:\\{(.*)})? .*");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

  private MetricsPage() {}

  /** {@code MetricsPage docs/metrics.md} writes the table anew. */
  public static void main(String[] args) throws IOException {
    Path page = Path.of(args[0]);
    Path directory = Files.createTempDirectory("metrics-page");
    Files.writeString(page, with(Files.readString(page), table(directory)));
    try (Stream<Path> left = Files.walk(directory)) {
      for (Path each : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** That page with another table. */
  static String with(String page, String table) {
    int from = page.indexOf(BEGIN) + BEGIN.length();
    return page.substring(0, from) + "\n" + table + "\n" + page.substring(page.indexOf(END, from));
  }

  /** Name, type, unit, labels and meaning of every metric. */
  static String table(Path directory) throws IOException {
    Map<String, String> types = new TreeMap<>();
    Map<String, String> meanings = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : scrape(directory).lines().toList()) {
      Matcher comment = COMMENT.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (comment.matches()) {
        (comment.group(1).equals("TYPE") ? types : meanings)
            .put(comment.group(2), comment.group(3));
      } else if (sample.matches()) {
        Set<String> found = labels.computeIfAbsent(sample.group(1), _ -> new TreeSet<>());
        LABEL
            .matcher(sample.group(2) == null ? "" : sample.group(2))
            .results()
            .forEach(label -> found.add(label.group(1)));
      }
    }
    StringBuilder table = new StringBuilder("| Metric | Type | Unit | Labels | Meaning |\n");
    table.append("|-|-|-|-|-|\n");
    types.forEach(
        (name, type) ->
            table.append(
                "| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                        name,
                        type,
                        unit(name),
                        String.join(", ", labels.getOrDefault(name, Set.of())),
                        meanings.get(name))));
    return table.toString();
  }

  private static String unit(String name) {
    if (name.matches(".*(_timestamp|_start_time|_change_time)_seconds")) {
      return "Unix time, seconds";
    }
    if (name.endsWith("_seconds")) {
      return "seconds";
    }
    return name.matches(".*_bytes(_total)?") ? "bytes" : "";
  }

  private static String scrape(Path directory) throws IOException {
    SampleCluster cluster = SampleCluster.healthy();
    SentinelAnswer answer =
        new SentinelAnswer(cluster.now(), cluster.now(), Access.READ_WRITE, OptionalLong.of(7));
    cluster.watched(
        "pg-1", new SentinelHealth(Optional.of(answer), Optional.empty(), Optional.empty()));
    SampleNode node =
        new SampleNode(everything(directory), cluster)
            .observe()
            .vips(SampleVips.master())
            .validities(new Validity(Path.of("server.crt"), false, cluster.now()));
    try (Metrics metrics = new Metrics(node.facts(), () -> 0)) {
      return metrics.scrape();
    }
  }

  private static TrunklineConfig everything(Path directory) throws IOException {
    Path file = SampleConfig.writeWithVip(directory);
    String plain = Files.readString(file);
    Path certificate = directory.resolve("both.pem");
    try (InputStream in = TrunklineConfig.class.getResourceAsStream("pem/both.pem")) {
      Files.copy(Objects.requireNonNull(in), certificate);
    }
    String tls = "route: primary, tls: {mode: terminate, cert: \"%s\"}".formatted(certificate);
    Files.writeString(file, plain.replace("route: primary", tls));
    return switch (new ConfigLoader(Map.of()).load(file)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new IllegalStateException(invalid.toString());
    };
  }
}
