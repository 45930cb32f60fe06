package io.trunkline.healthcheck.common;

/** What was read cannot be understood. The message says why, for people. */
public final class JunkException extends Exception {
  public JunkException(String message) {
    super(message, null, false, false);
  }
}
