package io.trunkline.healthcheck.common;

import io.trunkline.routing.Failures;

/** What was read cannot be understood. The message says why, for people, on one line. */
public final class JunkException extends Exception {
  /**
   * @param message it may repeat what was read; of that no more is kept than fits a line
   */
  public JunkException(String message) {
    super(Failures.line(message), null, false, false);
  }
}
