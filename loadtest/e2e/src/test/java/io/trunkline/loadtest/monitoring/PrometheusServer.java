package io.trunkline.loadtest.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A Prometheus of this machine's own distribution, with the project's rules, that scrapes and
 * evaluates every second.
 */
final class PrometheusServer implements AutoCloseable {
  private static final Path PACKAGING = Project.file("packaging");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final Path log;
  private final int port;
  private final Process process;

  /**
   * @param directory for its data
   * @param targets host:port
   */
  PrometheusServer(Path directory, List<String> targets) throws IOException {
    Path rules = PACKAGING.resolve("prometheus");
    String tools = Project.run(120, rules.resolve("tools.sh").toString()).strip();
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["%1$s/recording.yml", "%1$s/alerts.yml"]
            scrape_configs:
              - {job_name: trunkline, static_configs: [{targets: [%2$s]}]}
            """
                .formatted(
                    rules,
                    targets.stream().map(it -> '"' + it + '"').collect(Collectors.joining(", "))));
    log = directory.resolve("log");
    port = freePort();
    process =
        new ProcessBuilder(
                tools.substring(tools.lastIndexOf('\n') + 1) + "/prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Whether it answers yet. */
  boolean ready() {
    try {
      return get("/-/ready").contains("Ready");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** The samples of an expression now. */
  JsonNode query(String expression) {
    String path = "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
    JsonNode answer = parse(get(path));
    if (!answer.path("status").asText().equals("success")) {
      throw new AssertionError(expression + ": " + answer);
    }
    return answer.path("data").path("result");
  }

  /** Whether there is any sample. */
  boolean holds(String expression) {
    return !query(expression).isEmpty();
  }

  /** Every rule, as it was evaluated last. */
  JsonNode rules() {
    return parse(get("/api/v1/rules")).path("data").path("groups");
  }

  /** What it has to complain about. */
  String complaints() throws IOException {
    return Files.readString(log);
  }

  private String get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode parse(String text) {
    try {
      return json.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    http.close();
  }
}
