package io.trunkline.pgwire.scram;

/** server-first-message of a member (RFC 5802, section 7). */
final class ServerFirst {
  /** More is no verifier's: the client would compute for seconds. PostgreSQL's default is 4096. */
  static final int MAX_ITERATIONS = 1_000_000;

  private static final int LONGEST_SALT = 1024;

  private final String message;
  private final String nonce;
  private final byte[] salt;
  private final int iterations;

  private ServerFirst(String message, String nonce, byte[] salt, int iterations) {
    this.message = message;
    this.nonce = nonce;
    this.salt = salt;
    this.iterations = iterations;
  }

  /**
   * Reads it.
   *
   * @param clientNonce what its nonce must begin with
   * @throws ScramError if no client should answer it
   */
  static ServerFirst of(byte[] message, String clientNonce) throws ScramError {
    Attributes in = Attributes.of(message);
    String nonce = in.nonce();
    byte[] salt = in.base64('s', 0);
    String count = in.value('i');
    in.end();
    if (!nonce.startsWith(clientNonce) || nonce.length() == clientNonce.length()) {
      throw ScramError.malformed("the member's nonce does not begin with the client's");
    }
    if (salt.length > LONGEST_SALT) {
      throw ScramError.malformed("the member's salt has " + salt.length + " bytes");
    }
    if (!count.matches("[1-9][0-9]{0,6}") || Integer.parseInt(count) > MAX_ITERATIONS) {
      throw ScramError.malformed(
          "the member asks for more than " + MAX_ITERATIONS + " iterations, or for none");
    }
    return new ServerFirst(in.from(0), nonce, salt, Integer.parseInt(count));
  }

  /** As it was sent. */
  String message() {
    return message;
  }

  /** That of both. */
  String nonce() {
    return nonce;
  }

  byte[] salt() {
    return salt;
  }

  int iterations() {
    return iterations;
  }
}
