package io.trunkline.pgwire.scram;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The part of a nonce that is made here: base64 of as many bytes as PostgreSQL's and libpq's, so
 * that nobody can tell by its characters who has made it.
 */
final class Nonce {
  private static final int BYTES = 18;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Nonce() {}

  static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
