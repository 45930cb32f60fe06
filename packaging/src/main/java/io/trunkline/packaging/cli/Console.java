package io.trunkline.packaging.cli;

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

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
