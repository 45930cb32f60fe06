package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One start of {@code bin/trunkline} of the packaged distribution. */
final class DaemonRun implements AutoCloseable {
  static final Path LAUNCHER =
      Path.of(System.getProperty("trunkline.home"), "bin", "trunkline").toAbsolutePath();

  private final Path out;
  private final Path err;
  private final Process process;

  DaemonRun(Path directory, Map<String, String> environment, String... args) throws IOException {
    out = Files.createTempFile(directory, "out", "");
    err = Files.createTempFile(directory, "err", "");
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int exitCode(Duration longest) throws InterruptedException {
    assertThat(process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    return process.exitValue();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** What the process has in memory: VmRSS of proc(5). */
  long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  void awaitLog(String text) throws Exception {
    Await.until(text + " in the log", Duration.ofSeconds(20), () -> err().contains(text));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
