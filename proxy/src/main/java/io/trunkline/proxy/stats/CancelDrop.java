package io.trunkline.proxy.stats;

/** Why a cancel request was not passed on. */
public enum CancelDrop implements Labelled {
  RATE("too many from one address, for sessions that this node does not know"),
  QUEUE_FULL("too many wait to be passed on"),
  LATE("it waited so long that it could have hit the next query");

  private final String sentence;

  CancelDrop(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
