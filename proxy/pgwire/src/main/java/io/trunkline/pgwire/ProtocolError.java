package io.trunkline.pgwire;

/** What a server has sent is not PostgreSQL's protocol, or not the place for it. Says why. */
public final class ProtocolError extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * @param message it may repeat what the server has sent; of that no more is kept than fits a line
   */
  public ProtocolError(String message) {
    super(ServerError.line(message), null, false, false);
  }
}
