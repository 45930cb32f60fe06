package io.trunkline.loadtest.lab;

/** The lab itself failed: not the system under test. */
public final class LabException extends RuntimeException {
  public LabException(String message) {
    super(message);
  }

  public LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
