package io.trunkline.config;

/** A PEM file cannot be used. The message says why, never what is in the file. */
public final class PemException extends Exception {
  PemException(String message) {
    super(message);
  }
}
