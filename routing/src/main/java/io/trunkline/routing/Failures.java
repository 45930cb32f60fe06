package io.trunkline.healthcheck;

import java.net.ConnectException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Exceptions in words for people. */
final class Failures {
  private static final int MAX_LENGTH = 200;

  private Failures() {}

  static String describe(Throwable error) {
    Throwable root = error;
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    String message = root.getMessage();
    String text =
        switch (root) {
          case ConnectException _ when has(message, "refused") -> "connection refused";
          case SSLException _ -> "TLS: " + message;
          default -> message != null ? message : root.getClass().getSimpleName();
        };
    String line = text.lines().findFirst().orElse(text);
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
  }

  private static boolean has(@Nullable String message, String word) {
    return message != null && message.contains(word);
  }
}
