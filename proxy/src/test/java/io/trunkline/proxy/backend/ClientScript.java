package io.trunkline.proxy.backend;

import io.trunkline.pgwire.ScramScript;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets bytes that were made beforehand take part in a SCRAM exchange as its client (RFC 5802): 24
 * times the letter N stands in them for the server's part of the nonce, and 44 times the letter P
 * for the proof that the client knows the password.
 */
final class ClientScript {
  /** Of RFC 7677. */
  static final String PASSWORD = "pencil";

  static final byte[] VERIFIER =
      ("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
           + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")
          .getBytes(StandardCharsets.US_ASCII);

  private static final String NONCE = "N".repeat(24);
  private static final String PROOF = "P".repeat(44);
  private static final Pattern CLIENT_FIRST = Pattern.compile("n=[^,]*,r=[!-+.-~-]+$");
  private static final Pattern SERVER_FIRST = Pattern.compile("r=([!-+.-~-]+),s=[^,]+,i=[0-9]+$");
  private static final Pattern CLIENT_FINAL = Pattern.compile("(c=[^,]*,r=.*),p=" + PROOF);
  private static final byte[] CLIENT_KEY = clientKey();

  private String clientFirst = "";
  private String serverFirst = "";
  private String serverNonce = "";
  private boolean proven;

  /** A message that the server has sent, one byte a character. */
  void sent(String message) {
    Matcher first = SERVER_FIRST.matcher(message);
    if (first.find()) {
      serverFirst = first.group();
      String nonce = first.group(1);
      serverNonce = nonce.substring(Math.max(0, nonce.length() - NONCE.length()));
    }
  }

  /** What the client sends next: those bytes with what they stand for. */
  byte[] filled(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Matcher first = CLIENT_FIRST.matcher(text);
    if (first.find()) {
      clientFirst = first.group();
    }
    if (serverNonce.length() == NONCE.length()) {
      text = text.replace(NONCE, serverNonce);
    }
    Matcher last = CLIENT_FINAL.matcher(text);
    if (last.find()) {
      proven = true;
      String signed = clientFirst + "," + serverFirst + "," + last.group(1);
      text = text.replace(PROOF, proof(signed));
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether the client has proved that it knows the password. */
  boolean proven() {
    return proven;
  }

  private static String proof(String signed) {
    try {
      byte[] proof =
          ScramScript.hmac(MessageDigest.getInstance("SHA-256").digest(CLIENT_KEY), signed);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= CLIENT_KEY[i];
      }
      return Base64.getEncoder().encodeToString(proof);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] clientKey() {
    try {
      byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
      return ScramScript.hmac(ScramScript.salted(PASSWORD, salt, 4096), "Client Key");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
