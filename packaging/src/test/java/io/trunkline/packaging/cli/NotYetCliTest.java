package io.trunkline.packaging.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this version cannot do is refused, not ignored. */
class NotYetCliTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "check --effective"})
  void refused(String command) throws IOException {
    Path file = write(", sentinel: {user: u, password: p}");
    RunResult result = RunResult.of((command + " -c " + file).split(" "));
    assertThat(result.code()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(result.err())
        .isEqualTo(
            file + ":1:49: clusters[0].sentinel: is not in this version yet; remove it\n");
  }

  @Test
  void taken() throws IOException {
    assertThat(RunResult.of("check", write("").toString()).code()).isZero();
  }

  private Path write(String more) throws IOException {
    return Files.writeString(
        directory.resolve("t.yaml"),
        "clusters: [{scope: a, etcd: {hosts: [x]}" + more + "}]\n");
  }
}
