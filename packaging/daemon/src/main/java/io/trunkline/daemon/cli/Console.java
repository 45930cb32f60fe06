package io.trunkline.daemon.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command talks to.
 *
 * @param terminal {@code out} is a terminal
 */
public record Console(
    PrintWriter out, PrintWriter err, Map<String, String> environment, boolean terminal) {

  /** The process's own. */
  @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again where there is no terminal
  public static Console system() {
    return new Console(
        writer(FileDescriptor.out),
        writer(FileDescriptor.err),
        System.getenv(),
        System.console() != null);
  }

  /** Whether to write in colour: on a terminal, unless NO_COLOR (no-color.org) asks for none. */
  boolean colours() {
    return terminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /** Text in colour where that is wanted. */
  TerminalText terminalText() {
    return new TerminalText(colours());
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
