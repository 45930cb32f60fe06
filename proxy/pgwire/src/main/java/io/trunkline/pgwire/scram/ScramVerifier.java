package io.trunkline.pgwire.scram;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * What PostgreSQL keeps of a password: {@code SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}
 * (PostgreSQL docs: "pg_authid"). It does not let anybody log in; with one proof of a client's it
 * does. Its keys are in no text.
 */
public final class ScramVerifier {
  static final ScramMechanism HASH = ScramMechanism.SCRAM_SHA_256;
  static final int KEY_LENGTH = 32;

  private static final byte[] PREFIX = "SCRAM-SHA-256$".getBytes(StandardCharsets.US_ASCII);

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  private ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /** Reads {@code rolpassword}; empty for every other kind of password, and for what is none. */
  public static Optional<ScramVerifier> parse(byte[] rolpassword) {
    if (rolpassword.length < PREFIX.length
        || !Arrays.equals(rolpassword, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      return Optional.empty();
    }
    int colon = indexOf(rolpassword, ':', PREFIX.length);
    int dollar = indexOf(rolpassword, '$', colon + 1);
    int second = indexOf(rolpassword, ':', dollar + 1);
    if (colon < 0 || dollar < 0 || second < 0) {
      return Optional.empty();
    }
    try {
      int iterations =
          Integer.parseInt(
              new String(
                  rolpassword, PREFIX.length, colon - PREFIX.length, StandardCharsets.US_ASCII));
      byte[] salt = base64(rolpassword, colon + 1, dollar);
      byte[] stored = base64(rolpassword, dollar + 1, second);
      byte[] server = base64(rolpassword, second + 1, rolpassword.length);
      return iterations > 0
              && salt.length > 0
              && stored.length == KEY_LENGTH
              && server.length == KEY_LENGTH
          ? Optional.of(new ScramVerifier(iterations, salt, stored, server))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether a server that names that salt and that number of iterations means this one. */
  boolean isOf(byte[] otherSalt, int otherIterations) {
    return iterations == otherIterations && Arrays.equals(salt, otherSalt);
  }

  /** The signature with which a client hides its key (RFC 5802, section 3). */
  byte[] clientSignature(String authMessage) {
    return sign(storedKey, authMessage);
  }

  /** What proves that the server knows the role (RFC 5802, section 3). */
  byte[] serverSignature(String authMessage) {
    return sign(serverKey, authMessage);
  }

  /** Whether that is the key that this was made of. */
  boolean isOf(byte[] clientKey) {
    return MessageDigest.isEqual(ScramFunctions.storedKey(HASH, clientKey), storedKey);
  }

  /** Overwrites the keys; it is of no use after that. */
  public void wipe() {
    Arrays.fill(storedKey, (byte) 0);
    Arrays.fill(serverKey, (byte) 0);
  }

  @Override
  public String toString() {
    return "SCRAM-SHA-256 verifier with " + iterations + " iterations";
  }

  /** The messages are bytes to each side; nobody knows the encoding of what a client puts in. */
  private static byte[] sign(byte[] key, String authMessage) {
    return ScramFunctions.hmac(HASH, key, authMessage.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static int indexOf(byte[] text, char wanted, int from) {
    for (int at = Math.max(0, from); at < text.length; at++) {
      if (text[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] base64(byte[] text, int from, int to) {
    byte[] encoded = Arrays.copyOfRange(text, from, Math.max(from, to));
    try {
      return Base64.getDecoder().decode(encoded);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }
}
