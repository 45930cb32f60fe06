package io.trunkline.loadtest.clients;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An error as the client's user sees it.
 *
 * @param type the driver's exception, or the exit code of a program
 * @param state SQLSTATE, where the driver tells one
 * @param message in one line
 */
record Failure(String type, @Nullable String state, String message) {
  private static final int LONGEST = 220;
  private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
  private static final Pattern PORT = Pattern.compile("port \\d+|:\\d{4,5}\\b");
  private static final Pattern VARIABLE = Pattern.compile("0/[0-9A-F]+|\\d+ms|@[0-9a-f]+");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** What stays the same from run to run: without addresses, ports, positions and times. */
  Failure generalized() {
    String text = ADDRESS.matcher(message).replaceAll("HOST");
    text = PORT.matcher(text).replaceAll("port N");
    text = VARIABLE.matcher(text).replaceAll("N");
    text = BLANKS.matcher(text).replaceAll(" ").strip();
    return new Failure(
        type, state, text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
  }

  /** SQLSTATE, or the type's own name without its package. */
  String label() {
    return state == null ? type.substring(type.lastIndexOf('.') + 1) : state;
  }
}
