package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.trunkline.proxy.backend.MessagesFuzz;
import io.trunkline.proxy.listener.ProxyHeaderFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The inputs that {@code make fuzz} has found worth keeping, and what it once failed on. */
@Timeout(120)
class CorpusTest {
  private static void keepsItsPromises(String corpus, Consumer<byte[]> fuzzer) throws IOException {
    List<Path> inputs;
    try (Stream<Path> files = Files.list(Path.of("src/test/corpus").resolve(corpus))) {
      inputs = files.sorted().toList();
    }
    assertThat(inputs).isNotEmpty();
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      assertThatCode(() -> fuzzer.accept(bytes)).as("%s", input).doesNotThrowAnyException();
    }
  }

  @Test
  void openings() throws IOException {
    keepsItsPromises("opening", OpeningFuzz::fuzzerTestOneInput);
  }

  @Test
  void messages() throws IOException {
    keepsItsPromises("messages", MessagesFuzz::fuzzerTestOneInput);
  }

  @Test
  void proxyHeaders() throws IOException {
    keepsItsPromises("proxy-header", ProxyHeaderFuzz::fuzzerTestOneInput);
  }
}
