package io.trunkline.daemon.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/** How many lines the terminal has, by stty(1). */
final class TerminalSize {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private TerminalSize() {}

  /** Of this moment: people resize windows. */
  static int rows() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      try (var out = stty.getInputStream()) {
        return parse(new String(out.readAllBytes(), StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  /** {@code 24 80}; 0 is what a terminal says that does not know. */
  static int parse(String size) {
    String rows = size.strip().split(" ", 2)[0];
    return rows.matches("[1-9]\\d{0,4}") ? Integer.parseInt(rows) : UNKNOWN;
  }
}
