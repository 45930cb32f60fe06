package io.trunkline.proxy;

import java.util.Locale;

/** Why a cancel request was not passed on. */
public enum CancelDrop {
  RATE("too many from one address, for sessions that this node does not know"),
  QUEUE_FULL("too many wait to be passed on"),
  LATE("it waited so long that it could have hit the next query");

  private final String sentence;

  CancelDrop(String sentence) {
    this.sentence = sentence;
  }

  /** The word in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
