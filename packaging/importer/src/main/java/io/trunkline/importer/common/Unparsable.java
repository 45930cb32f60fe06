package io.trunkline.packaging.imports;

import io.trunkline.config.Problem;

/** A file is not what it is taken for; whoever it was written for would refuse it as well. */
final class Unparsable extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  Unparsable(Place at, int column, String message) {
    super(message);
    this.problem = new Problem(at.file(), at.line(), column, "", message);
  }

  Unparsable(Place at, String message) {
    this(at, 1, message);
  }

  Problem problem() {
    return problem;
  }
}
