package io.trunkline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every fuzz target of a module over its committed inputs (docs/adr/0016). A target is a class
 * of the tests whose name ends with Fuzz; the inputs of {@code ProxyHeaderFuzz} are in {@code
 * src/test/corpus/proxy-header}.
 */
public interface CorpusRun {
  /** One test for each target. */
  @TestFactory
  default Stream<DynamicTest> everyInputKeepsThePromises() throws IOException {
    Path sources = Path.of("src/test/java");
    List<String> targets;
    try (Stream<Path> files = Files.walk(sources)) {
      targets =
          files
              .filter(file -> file.toString().endsWith("Fuzz.java"))
              .map(file -> sources.relativize(file).toString())
              .map(file -> file.substring(0, file.length() - ".java".length()).replace('/', '.'))
              .sorted()
              .toList();
    }
    assertThat(targets).isNotEmpty();
    return targets.stream().map(target -> DynamicTest.dynamicTest(target, () -> run(target)));
  }

  private static void run(String target) throws ReflectiveOperationException, IOException {
    MethodHandle fuzzer =
        MethodHandles.publicLookup()
            .findStatic(
                Class.forName(target),
                "fuzzerTestOneInput",
                MethodType.methodType(void.class, byte[].class));
    List<Path> inputs;
    try (Stream<Path> files = Files.list(Path.of("src/test/corpus").resolve(corpus(target)))) {
      inputs = files.sorted().toList();
    }
    assertThat(inputs).isNotEmpty();
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      assertThatCode(() -> fuzzer.invoke(bytes)).as("%s", input).doesNotThrowAnyException();
    }
  }

  private static String corpus(String target) {
    return target
        .substring(target.lastIndexOf('.') + 1)
        .replaceFirst("Fuzz$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }
}
