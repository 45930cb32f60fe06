package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * PostgreSQL's ErrorResponse.
 *
 * @param severity in English where the server says it so (since 9.6)
 * @param sqlState five characters
 * @param message for people, one line
 */
public record ServerError(String severity, String sqlState, String message) {
  private static final int MAX_TEXT = 200;

  /** What those fields say. */
  public static ServerError parse(ByteBuf body) {
    return new ServerError(
        line(ErrorResponse.field(body, 'V').or(() -> ErrorResponse.field(body, 'S')).orElse("")),
        line(ErrorResponse.field(body, 'C').orElse("")),
        line(ErrorResponse.field(body, 'M').orElse("")));
  }

  /**
   * A text that ends with a zero byte, its first line.
   *
   * @throws ProtocolError if there is no zero byte
   */
  public static String text(ByteBuf body) throws ProtocolError {
    int length = body.bytesBefore((byte) 0);
    if (length < 0) {
      throw new ProtocolError("a text without an end");
    }
    String text = body.readCharSequence(length, StandardCharsets.UTF_8).toString();
    body.skipBytes(1);
    return line(text);
  }

  /** The first line of a text, and not all of a long one. */
  static String line(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line;
  }

  /** The session is over. */
  public boolean ends() {
    return !severity.equals("ERROR");
  }

  /** It starts up, shuts down, or is in recovery without hot standby: cannot_connect_now. */
  public boolean notAccepting() {
    return sqlState.equals("57P03");
  }

  /**
   * The server stops, has crashed, or an administrator ends the session. A function can raise an
   * ERROR with the same SQLSTATE, which means nothing.
   */
  public boolean isGoing() {
    return !severity.equals("ERROR")
        && (sqlState.equals("57P01") || sqlState.equals("57P02") || sqlState.equals("57P03"));
  }

  /** The server has crashed, and has its other sessions end. */
  public boolean hasCrashed() {
    return sqlState.equals("57P02");
  }

  /** The transaction has failed before, or the savepoint does not exist. */
  public boolean isOfFailedTransaction() {
    return sqlState.equals("25P02") || sqlState.equals("3B001");
  }

  /**
   * Trying again does not help: the password, pg_hba.conf, the role, its privileges, or the
   * database is not what it should be.
   */
  public boolean refusal() {
    return sqlState.startsWith("28") || sqlState.equals("3D000") || sqlState.equals("42501");
  }

  @Override
  public String toString() {
    String all = (severity + " " + sqlState + " " + message).strip();
    return all.isEmpty() ? "an error without a message" : all;
  }
}
