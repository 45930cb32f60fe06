package io.trunkline.routing;

/** Numbers of things in sentences. */
public final class Plural {
  private Plural() {}

  /** {@code 1 session}, {@code 2 sessions}. */
  public static String of(int number, String noun) {
    return of(number, noun, noun + "s");
  }

  /** {@code 1 client is}, {@code 2 clients are}. */
  public static String of(int number, String one, String several) {
    return number + " " + (number == 1 ? one : several);
  }
}
