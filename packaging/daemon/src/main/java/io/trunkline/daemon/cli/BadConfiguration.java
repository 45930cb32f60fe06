package io.trunkline.daemon.cli;

import io.trunkline.config.Problem;
import java.util.List;

/** The configuration cannot be used, for all these reasons. */
final class BadConfiguration extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  BadConfiguration(List<Problem> problems) {
    super(problems.size() + " problems");
    this.problems = List.copyOf(problems);
  }

  List<Problem> problems() {
    return problems;
  }
}
