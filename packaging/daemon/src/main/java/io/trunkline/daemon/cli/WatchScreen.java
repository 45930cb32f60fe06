package io.trunkline.daemon.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * A screen of a terminal that is drawn over and over, and given back as it was: xterm's alternate
 * screen, without a cursor and without wrapping lines.
 */
final class WatchScreen implements AutoCloseable {
  private static final String OPEN = "\u001b[?1049h\u001b[?25l\u001b[?7l";
  private static final String HOME = "\u001b[H";
  private static final String REST_OF_LINE = "\u001b[K";
  private static final String REST_OF_SCREEN = "\u001b[J";
  private static final String CLOSE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

  private final PrintWriter out;
  private final IntSupplier rows;
  private boolean closed;

  /**
   * @param rows how many lines there is room for now
   */
  WatchScreen(PrintWriter out, IntSupplier rows) {
    this.out = out;
    this.rows = rows;
    write(OPEN);
  }

  /** Draws this over what is there; nothing flickers. */
  synchronized void draw(String text) {
    if (!closed) {
      String lines =
          fitting(text.lines().toList()).stream()
              .map(line -> line + REST_OF_LINE)
              .collect(Collectors.joining("\r\n"));
      write(HOME + lines + REST_OF_SCREEN);
    }
  }

  /** The top is what matters most. */
  private List<String> fitting(List<String> lines) {
    int room = rows.getAsInt();
    if (lines.size() <= room) {
      return lines;
    }
    List<String> shown = new ArrayList<>(lines.subList(0, room - 1));
    shown.add("(%d more lines)".formatted(lines.size() - room + 1));
    return shown;
  }

  /** Nothing is drawn after that. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      write(CLOSE);
    }
  }

  private void write(String text) {
    out.print(text);
    out.flush();
  }

  /** How many lines the terminal has at this moment, by stty(1): people resize windows. */
  static int terminalRows() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      try (var out = stty.getInputStream()) {
        return terminalRows(new String(out.readAllBytes(), StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** {@code 24 80}; 0 is what a terminal says that does not know. */
  static int terminalRows(String size) {
    String rows = size.strip().split(" ", 2)[0];
    return rows.matches("[1-9]\\d{0,4}") ? Integer.parseInt(rows) : Integer.MAX_VALUE;
  }
}
