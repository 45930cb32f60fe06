package io.trunkline.healthcheck;

/** What was read cannot be understood. The message says why, for people. */
final class JunkException extends Exception {
  JunkException(String message) {
    super(message, null, false, false);
  }
}
