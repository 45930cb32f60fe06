package io.trunkline.proxy.session;

import io.trunkline.config.Labelled;

/** What a session does now. */
public enum SessionState implements Labelled {
  READING("its first packet is not complete"),
  CANCELLING("its cancel request is being forwarded"),
  QUEUED("it has no member yet"),
  STARTING("its login at the member is not complete"),
  IDLE("no statement runs"),
  ACTIVE("a statement runs"),
  IDLE_IN_TRANSACTION("no statement runs, in a transaction"),
  FAILED_TRANSACTION("no statement runs, in a transaction that has failed"),
  DETACHED("its member is gone, and it goes on at the new primary"),
  RELAYING("its messages cannot be read, for example because TLS is passed through");

  private final String sentence;

  SessionState(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
