package io.trunkline.simulation.time;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A stream of random numbers that a seed and a name determine. Each part of a simulation has its
 * own, so that what one part draws changes nothing for the others.
 */
public final class Randomness {
  private final RandomGenerator random;

  /**
   * @param name whose stream it is
   */
  public Randomness(long seed, String name) {
    long named = 0;
    for (int i = 0; i < name.length(); i++) {
      named = 31 * named + name.charAt(i);
    }
    this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ named);
  }

  /** For code that takes one of Java's. */
  public RandomGenerator generator() {
    return random;
  }

  /** From 0 to just below that. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** True in so many of a hundred cases. */
  public boolean percent(double chance) {
    return random.nextDouble(100) < chance;
  }

  /** Nanoseconds, at least the first and less than the second, which are given in milliseconds. */
  public long millis(double from, double to) {
    return (long) (random.nextDouble(from, to) * TimeUnit.MILLISECONDS.toNanos(1));
  }

  /** Nanoseconds; about so many milliseconds, now and then much more. */
  public long latency(double millis) {
    double factor = percent(1) ? random.nextDouble(2, 10) : random.nextDouble(0.5, 1.5);
    return (long) (millis * factor * TimeUnit.MILLISECONDS.toNanos(1));
  }

  /** Any of them. */
  @SafeVarargs
  public final <T> T any(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
