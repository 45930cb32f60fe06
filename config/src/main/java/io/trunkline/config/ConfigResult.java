package io.trunkline.config;

import java.util.List;

/** What reading a configuration file came to. */
public sealed interface ConfigResult {

  /** It is usable. */
  record Valid(TrunklineConfig config) implements ConfigResult {}

  /** It is not, for all these reasons; at least one. */
  record Invalid(List<Problem> problems) implements ConfigResult {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
