package io.trunkline.healthcheck;

/** Waiting, in tests. */
final class Waits {
  private Waits() {}

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
