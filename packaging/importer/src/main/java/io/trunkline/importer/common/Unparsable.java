package io.trunkline.importer.common;

import io.trunkline.config.Problem;

/** A file is not what it is taken for; whoever it was written for would refuse it as well. */
public final class Unparsable extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public Unparsable(Place at, int column, String message) {
    super(message);
    this.problem = new Problem(at.file(), at.line(), column, "", message);
  }

  public Unparsable(Place at, String message) {
    this(at, 1, message);
  }

  public Problem problem() {
    return problem;
  }
}
