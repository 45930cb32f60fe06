package io.trunkline.pgwire.scram;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Reads the attributes of a SCRAM message in their order (RFC 5802, sections 5.1 and 7). */
final class Attributes {
  /** Longer ones are nobody's: libpq's and PostgreSQL's have 24 and 48 characters. */
  private static final int LONGEST_NONCE = 1024;

  private final String message;
  private int at;

  private Attributes(String message) {
    this.message = message;
  }

  /** Of a message of printable characters; names of roles, which may have others, are not read. */
  static Attributes of(byte[] message) {
    return new Attributes(new String(message, StandardCharsets.ISO_8859_1));
  }

  /** The message from there on, as it was sent. */
  String from(int index) {
    return message.substring(index);
  }

  /** The message up to there, as it was sent. */
  String before(int index) {
    return message.substring(0, index);
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return at >= message.length();
  }

  /** The name of what comes next. */
  char peek() throws ScramError {
    if (atEnd()) {
      throw ScramError.malformed("it ends too early");
    }
    return message.charAt(at);
  }

  /** Takes one character that must be there. */
  void expect(char wanted) throws ScramError {
    if (peek() != wanted) {
      throw ScramError.malformed(
          "expected character \"" + wanted + "\", found " + shown(message.charAt(at)));
    }
    at++;
  }

  /** The value of the attribute of that name, up to the next comma; the comma is passed over. */
  String value(char name) throws ScramError {
    expect(name);
    expect('=');
    return text();
  }

  /** What comes up to the next comma; the comma is passed over. */
  String text() {
    int comma = message.indexOf(',', at);
    int end = comma < 0 ? message.length() : comma;
    String text = message.substring(at, end);
    at = comma < 0 ? end : end + 1;
    return text;
  }

  /** The nonce: printable, and not endless. */
  String nonce() throws ScramError {
    String nonce = value('r');
    if (nonce.isEmpty() || nonce.length() > LONGEST_NONCE) {
      throw ScramError.malformed("a nonce of " + nonce.length() + " characters");
    }
    if (nonce.chars().anyMatch(c -> c < 0x21 || c > 0x7E)) {
      throw new ScramError(ScramError.Kind.MALFORMED, "non-printable characters in SCRAM nonce");
    }
    return nonce;
  }

  byte[] base64(char name, int length) throws ScramError {
    String text = value(name);
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length == 0 || (length > 0 && bytes.length != length)) {
        throw ScramError.malformed("the value of " + name + " has " + bytes.length + " bytes");
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw ScramError.malformed("the value of " + name + " is not base64");
    }
  }

  /** Nothing may come any more. */
  void end() throws ScramError {
    if (!atEnd()) {
      throw ScramError.malformed("there is something behind its end");
    }
  }

  private static String shown(char c) {
    return c > 0x20 && c < 0x7F ? "\"" + c + "\"" : "0x%02x".formatted((int) c);
  }
}
