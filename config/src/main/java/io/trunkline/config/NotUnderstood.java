package io.trunkline.config;

/** A text is not of the form that its key wants; the message says what would be right. */
final class NotUnderstood extends Exception {
  NotUnderstood(String message) {
    super(message);
  }
}
