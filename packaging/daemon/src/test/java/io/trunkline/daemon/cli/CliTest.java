package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  @TempDir Path directory;

  @Test
  void version() {
    RunResult result = RunResult.of("version");
    assertThat(result.code()).isZero();
    assertThat(result.out()).matches("trunkline \\d+\\.\\d+\\.\\d+\\S* \\(Java 25\\S*, \\w+\\)\n");
    assertThat(RunResult.of("--version")).isEqualTo(result);
    assertThat(RunResult.of("version", "--json").out())
        .matches("\\{\"version\":\".+\",\"java\":\"25.*\",\"arch\":\"\\w+\"}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run",
        "check",
        "status",
        "version",
        "cluster",
        "cluster accept",
        "sessions",
        "events"
      })
  void help(String command) {
    String[] args = (command + " --help").strip().split(" ");
    RunResult result = RunResult.of(args);
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("Usage: " + ("trunkline " + command).strip())
        .contains("69   the daemon is not reachable", "78   the configuration is bad");
  }

  @Test
  void helpOfReloadNamesWhatItCannotChange() {
    assertThat(RunResult.of("reload", "--help").out().replaceAll("\\s+", " "))
        .contains(
            "the daemon keeps its configuration.",
            "node, admin, log, state_dir, threads, vrrp_rt_priority, warm_up take effect only"
                + " after a restart or an upgrade. SIGHUP also reloads.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "status --nope",
        "cluster",
        "cluster accept",
        "check a b",
        "run x",
        "sessions --end",
        "sessions --all",
        "sessions --end --all --user x",
        "sessions --limit x",
        "events --limit x"
      })
  void misuse(String line) {
    RunResult result = RunResult.of(line.split(" "));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("trunkline: ").contains("--help' for help");
  }

  @Test
  void noCommandIsMisuse() {
    assertThat(RunResult.of().code()).isEqualTo(2);
  }

  @Test
  void aMistypedCommandIsGuessed() {
    assertThat(RunResult.of("statsu").err()).contains("Did you mean", "trunkline status");
  }

  @Test
  void checkGood() throws IOException {
    Path file = SampleConfig.write(directory);
    RunResult result = RunResult.of("check", file.toString());
    assertThat(result)
        .isEqualTo(new RunResult(0, file + ": good: 1 cluster, 2 listeners, 0 VIPs\n", ""));
    assertThat(RunResult.of("check", "-c", file.toString())).isEqualTo(result);
  }

  @Test
  void checkEffective() throws IOException {
    Path file = SampleConfig.write(directory);
    RunResult result = RunResult.of("check", "--effective", file.toString());
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("node: proxy-01", "hold_timeout: auto", "namespace:");
  }

  @Test
  void checkAsJson() throws IOException {
    Path file = SampleConfig.write(directory);
    assertThat(RunResult.of("check", "--json", file.toString()))
        .isEqualTo(
            new RunResult(
                0,
                "{\"file\":\"%s\",\"good\":true,\"problems\":[],\"effective\":null}\n"
                    .formatted(file),
                ""));
    assertThat(RunResult.of("check", "--json", "--effective", file.toString()).out())
        .contains("\"effective\":{\"node\":\"proxy-01\",");
    Path bad = Files.writeString(directory.resolve("bad.yaml"), "clustres: []\n");
    RunResult refused = RunResult.of("check", "--json", "--effective", bad.toString());
    assertThat(refused.code()).isEqualTo(78);
    assertThat(refused.err()).isEmpty();
    assertThat(refused.out())
        .startsWith("{\"file\":\"%s\",\"good\":false,\"problems\":[{\"file\":".formatted(bad))
        .contains("\"line\":1,\"column\":1,\"field\":\"clustres\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dumb", "NO_COLOR"})
  void coloursOnlyWhereTheyAreWanted(String setting) {
    Map<String, String> environment =
        switch (setting) {
          case "" -> Map.of("TERM", "xterm", "NO_COLOR", "");
          case "dumb" -> Map.of("TERM", "dumb");
          default -> Map.of("TERM", "xterm", "NO_COLOR", "1");
        };
    var writer = new PrintWriter(new StringWriter());
    assertThat(new Console(writer, writer, environment, true).colours())
        .isEqualTo(setting.isEmpty());
    assertThat(new Console(writer, writer, environment, false).colours()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "run", "status", "cluster accept x"})
  void everyCommandListsAllThatIsWrongWithTheConfiguration(String command) throws IOException {
    Path file = Files.writeString(directory.resolve("bad.yaml"), "clustres: []\nnode: [1]\n");
    String[] args = (command + " -c " + file).split(" ");
    RunResult result = RunResult.of(args);
    assertThat(result.code()).isEqualTo(78);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(file + ":1:1: clustres: ").contains(file + ":2:");
  }

  @Test
  void aMissingFileIsBadConfiguration() {
    Path file = directory.resolve("none.yaml");
    RunResult result = RunResult.of("run", "-c", file.toString());
    assertThat(result.code()).isEqualTo(78);
    assertThat(result.err()).startsWith(file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "status --json",
        "cluster accept main",
        "events",
        "events --follow --json",
        "drain --json",
        "reload",
        "sessions",
        "sessions --end --user x"
      })
  void noDaemon(String command) throws IOException {
    Path file = SampleConfig.write(directory);
    RunResult result = RunResult.of((command + " -c " + file).split(" "));
    assertThat(result.code()).isEqualTo(69);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "trunkline: the daemon is not reachable at %s: the socket does not exist; is"
                    .formatted(directory.resolve("admin.sock"))
                + " the daemon running?\n");
  }
}
