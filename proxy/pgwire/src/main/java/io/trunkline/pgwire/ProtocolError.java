package io.trunkline.pgwire;

/** What a server has sent is not PostgreSQL's protocol, or not the place for it. Says why. */
public final class ProtocolError extends Exception {
  private static final long serialVersionUID = 1;

  public ProtocolError(String message) {
    super(message, null, false, false);
  }
}
