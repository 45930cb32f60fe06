package io.trunkline.daemon.cli;

/** The daemon does not answer; the message is a sentence. */
final class Unreachable extends Exception {
  private static final long serialVersionUID = 1L;

  Unreachable(String sentence) {
    super(sentence);
  }
}
