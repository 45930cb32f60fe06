package io.trunkline.vip.kernel;

import java.time.Duration;

/** Figures that a test run prints, so that they are seen to change. */
final class Measured {
  private Measured() {}

  static void report(String what, Duration took) {
    System.out.println("measured: " + what + ": " + took.toMillis() + " ms");
  }
}
