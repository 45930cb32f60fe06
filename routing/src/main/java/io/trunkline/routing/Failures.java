package io.trunkline.routing;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** Exceptions in words for people: the same words, whatever opened the connection. */
public final class Failures {
  private static final int MAX_LENGTH = 200;

  private Failures() {}

  public static String describe(Throwable error) {
    Throwable root = error;
    boolean tls = error instanceof SSLException;
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
      tls |= cause instanceof SSLException;
    }
    return tls ? inTls(words(root)) : words(root);
  }

  /** Why a TLS handshake failed. */
  public static String ofTls(Throwable error) {
    return inTls(describe(error));
  }

  private static String inTls(String words) {
    return words.startsWith("TLS: ") ? words : "TLS: " + words;
  }

  private static String words(Throwable root) {
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    String text =
        switch (root) {
          case ConnectException _ when message.contains("refused") -> "connection refused";
          case ConnectException _ when message.contains("timed out") -> "timed out";
          case SocketTimeoutException _ -> "timed out";
          case NoRouteToHostException _ -> "no route to host";
          case ClosedChannelException _ -> "connection closed";
          default -> message;
        };
    return line(text);
  }

  /** Words that may repeat what somebody else said: their first line, and not all of a long one. */
  public static String line(String words) {
    String line = words.lines().findFirst().orElse(words);
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
  }
}
