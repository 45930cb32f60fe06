package io.trunkline.loadtest.lab;

/** The lab itself failed: not the system under test. */
public final class LabException extends RuntimeException {
  LabException(String message) {
    super(message);
  }

  LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
