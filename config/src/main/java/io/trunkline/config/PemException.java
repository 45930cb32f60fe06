package io.trunkline.config;

import java.io.IOException;

/** A PEM file cannot be used. The message says why, never what is in the file. */
public final class PemException extends IOException {
  PemException(String message) {
    super(message);
  }
}
