package io.trunkline.proxy.stats;

import io.trunkline.config.Labelled;

/** Why a cancel request was not passed on. */
public enum CancelDrop implements Labelled {
  RATE("too many from one address for sessions that this node does not know"),
  QUEUE_FULL("too many are queued already"),
  LATE("it was queued so long that it could cancel the next query");

  private final String sentence;

  CancelDrop(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
