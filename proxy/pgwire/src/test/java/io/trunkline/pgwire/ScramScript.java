package io.trunkline.pgwire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets bytes that were made beforehand take part in a SCRAM exchange as its server (RFC 5802): 24
 * times the letter N stands in them for the client's nonce, and 44 times the letter V for the proof
 * that the server knows the password.
 */
public final class ScramScript {
  private static final String NONCE = "N".repeat(24);
  private static final String PROOF = "V".repeat(44);
  private static final Pattern CLIENT_FIRST = Pattern.compile("n=[^,]*,r=([!-+.-~-]+)$");
  private static final Pattern SERVER_FIRST =
      Pattern.compile("r=[!-+.-~-]+,s=([A-Za-z0-9+/]+=*),i=([0-9]{1,9})");
  private static final Pattern CLIENT_FINAL = Pattern.compile("(c=[^,]*,r=[!-+.-~-]+),p=");

  /** More would make an input slow. PostgreSQL's default is 4096. */
  private static final int MOST_ITERATIONS = 5000;

  private final String password;
  private String clientFirst = "";
  private String clientNonce = "";
  private String serverFirst = "";
  private String clientFinal = "";
  private byte[] salt = {};
  private int iterations;
  private boolean proven;

  public ScramScript(String password) {
    this.password = password;
  }

  /**
   * A reason without what can be of a nonce, which differs each time: what the SCRAM library says,
   * numbers, and the types of messages.
   */
  public static String comparable(String reason) {
    return reason
        .replaceFirst("(?s)SCRAM: .*", "SCRAM")
        .replaceAll("[0-9]+", "#")
        .replaceFirst("a message . that", "a message that");
  }

  /** A message that the client has sent, one byte a character. */
  public void sent(String message) {
    Matcher first = CLIENT_FIRST.matcher(message);
    if (first.find()) {
      clientFirst = first.group();
      clientNonce = first.group(1);
    }
    Matcher last = CLIENT_FINAL.matcher(message);
    if (last.find()) {
      clientFinal = last.group(1);
    }
  }

  /** What the server sends next: those bytes with what they stand for. */
  public byte[] filled(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (clientNonce.length() == NONCE.length()) {
      text = text.replace(NONCE, clientNonce);
    }
    Matcher first = SERVER_FIRST.matcher(text);
    if (first.find()) {
      serverFirst = first.group();
      salt = decoded(first.group(1));
      iterations = Integer.parseInt(first.group(2));
    }
    if (!clientFinal.isEmpty() && text.contains(PROOF) && computable()) {
      proven = true;
      text = text.replace(PROOF, proof());
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether what the client is asked to compute takes no longer than with PostgreSQL's default. */
  public boolean computable() {
    return iterations <= MOST_ITERATIONS;
  }

  /** Whether the server has proved that it knows the password. */
  public boolean proven() {
    return proven;
  }

  private static byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private String proof() {
    if (salt.length == 0 || iterations == 0) {
      return PROOF;
    }
    try {
      byte[] salted = salted(password, salt, iterations);
      String signed = clientFirst + "," + serverFirst + "," + clientFinal;
      return Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key"), signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SaltedPassword (RFC 5802 section 3). */
  public static byte[] salted(String password, byte[] salt, int iterations)
      throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, 256);
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
  }

  /** HMAC with SHA-256 of a text of one byte a character. */
  public static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
