package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Cost;
import java.util.List;
import java.util.Optional;

/**
 * The configuration file. It is valid, and then what {@code check --effective} writes of it is the
 * same configuration; or each problem has its place and says what is wrong.
 */
public final class ConfigurationFuzz {
  private ConfigurationFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    Cost.bounded(input.length, () -> check(input));
  }

  static void check(byte[] bytes) {
    var problems = new Problems("f");
    Optional<String> text = SourceFile.decode(bytes, problems);
    if (text.isEmpty()) {
      assertThat(problems.isEmpty()).isFalse();
      return;
    }
    switch (Loading.load(text.get())) {
      case ConfigResult.Valid(TrunklineConfig config) ->
          assertThat(Loading.valid(EffectiveConfig.render(config, Secret::reveal)))
              .isEqualTo(config);
      case ConfigResult.Invalid(List<Problem> found) -> {
        long lines = text.get().lines().count() + 1;
        assertThat(found).isNotEmpty();
        assertThat(found)
            .allSatisfy(
                problem -> {
                  assertThat(problem.message()).isNotBlank();
                  assertThat(problem.line()).isBetween(1, Math.toIntExact(lines) + 1);
                  assertThat(problem.column()).isPositive();
                });
        assertThat(found).isSortedAccordingTo((a, b) -> Integer.compare(a.line(), b.line()));
      }
    }
  }
}
