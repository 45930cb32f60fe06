package io.trunkline.proxy.session;

import io.trunkline.proxy.stats.Labelled;

/** What a session does now. */
public enum SessionState implements Labelled {
  READING("its first packet is not complete"),
  CANCELLING("its cancel request is being passed on"),
  WAITING("it has no member yet"),
  STARTING("its member has not let it in yet"),
  IDLE("nothing runs"),
  ACTIVE("something runs"),
  IDLE_IN_TRANSACTION("nothing runs, in a transaction"),
  FAILED_TRANSACTION("nothing runs, in a transaction that has failed"),
  RELAYING("bytes are relayed that cannot be followed, as where TLS is passed through");

  private final String sentence;

  SessionState(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
