package io.trunkline.healthcheck;

/** Waiting, in tests. */
public final class Waits {
  private Waits() {}

  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
