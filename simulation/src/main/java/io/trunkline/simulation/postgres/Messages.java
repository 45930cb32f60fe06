package io.trunkline.simulation.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Messages of PostgreSQL's protocol (PostgreSQL documentation: "Message Formats"). */
public final class Messages {
  private static final int VERSION_3 = 3 << 16;

  private Messages() {}

  /** StartupMessage. */
  public static byte[] startup(String user, String applicationName) {
    byte[] text =
        ("user\0" + user + "\0database\0app\0application_name\0" + applicationName + "\0\0")
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length)
        .putInt(8 + text.length)
        .putInt(VERSION_3)
        .put(text)
        .array();
  }

  /** Query. */
  public static byte[] query(String text) {
    return message('Q', (text + "\0").getBytes(StandardCharsets.UTF_8));
  }

  /** Terminate. */
  public static byte[] terminate() {
    return message('X', new byte[0]);
  }

  static byte[] authenticationOk() {
    return message('R', new byte[4]);
  }

  static byte[] parameterStatus(String name, String value) {
    return message('S', (name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
  }

  static byte[] backendKeyData(long processId) {
    return message(
        'K', ByteBuffer.allocate(8).putInt((int) processId).putInt((int) processId * 7919).array());
  }

  static byte[] emptyQueryResponse() {
    return message('I', new byte[0]);
  }

  /** RowDescription without columns, and one DataRow; an empty column is NULL. */
  static byte[] row(String... columns) {
    ByteBuffer row = ByteBuffer.allocate(1024).putShort((short) columns.length);
    for (String column : columns) {
      byte[] text = column.getBytes(StandardCharsets.UTF_8);
      row.putInt(text.length == 0 ? -1 : text.length).put(text);
    }
    byte[] description = message('T', new byte[2]);
    byte[] data = message('D', Arrays.copyOf(row.array(), row.position()));
    return ByteBuffer.allocate(description.length + data.length).put(description).put(data).array();
  }

  static byte[] readyForQuery() {
    return message('Z', new byte[] {'I'});
  }

  static byte[] commandComplete(String tag) {
    return message('C', (tag + "\0").getBytes(StandardCharsets.UTF_8));
  }

  static byte[] error(String severity, String code, String text) {
    String fields = "S" + severity + "\0V" + severity + "\0C" + code + "\0M" + text + "\0\0";
    return message('E', fields.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] message(char type, byte[] body) {
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) type)
        .putInt(4 + body.length)
        .put(body)
        .array();
  }
}
