package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.FrontendMessages;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * What makes a session what it is, beside what it was opened with. Texts are hexadecimal digits of
 * UTF-8, as PostgreSQL has told them.
 *
 * @param role as SET ROLE has it; empty: as it was opened
 * @param channels that it listens to
 * @param authorization as SET SESSION AUTHORIZATION has it; empty: as it was opened
 */
public record SavedState(
    List<Setting> settings,
    String role,
    String authorization,
    List<Statement> statements,
    List<String> channels) {
  private static final String SET =
      "SELECT pg_catalog.set_config(pg_catalog.convert_from(pg_catalog.decode($1, 'hex'), 'UTF8'),"
          + " pg_catalog.convert_from(pg_catalog.decode($2, 'hex'), 'UTF8'), false)";
  private static final HexFormat HEX = HexFormat.of();
  private static final String CLIENT_ENCODING = hex("client_encoding");
  private static final String SESSION_AUTHORIZATION = hex("session_authorization");
  private static final String ROLE = hex("role");

  /** Tells whether the member is in recovery, and up to which position it has replayed WAL. */
  public static final String IN_RECOVERY =
      "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_wal_lsn_diff("
          + "pg_catalog.pg_last_wal_replay_lsn(), '0/0')";

  /** Of a session that has changed nothing since it was opened. */
  public static final SavedState FRESH = new SavedState(List.of(), "", "", List.of(), List.of());

  public SavedState {
    settings = List.copyOf(settings);
    statements = List.copyOf(statements);
    channels = List.copyOf(channels);
  }

  /** A setting of the session's own. */
  public record Setting(String name, String value) implements Comparable<Setting> {
    /** A map stays fast whatever names and values its clients choose. */
    @Override
    public int compareTo(Setting other) {
      int names = name.compareTo(other.name);
      return names != 0 ? names : value.compareTo(other.value);
    }
  }

  /**
   * A prepared statement.
   *
   * @param types the oids of its parameters, as an array in PostgreSQL's words; {@code sql}: the
   *     text is a PREPARE itself
   */
  public record Statement(String name, String text, String types) implements Comparable<Statement> {
    /** As that of {@link Setting}. */
    @Override
    public int compareTo(Statement other) {
      int names = name.compareTo(other.name);
      int texts = names != 0 ? names : text.compareTo(other.text);
      return texts != 0 ? texts : types.compareTo(other.types);
    }

    boolean isSql() {
      return types.equals("sql");
    }
  }

  /**
   * All that makes a new session the same, in one implicit transaction: the first row of the answer
   * is that of {@link #IN_RECOVERY}.
   *
   * @param login the role that it has logged in as
   * @param encoding the client_encoding that it was opened with
   */
  public ByteBuf restore(ByteBufAllocator allocator, String login, String encoding) {
    ByteBuf out = allocator.buffer();
    FrontendMessages.parse(out, "", IN_RECOVERY);
    FrontendMessages.execute(out);
    FrontendMessages.parse(out, "", SET);
    set(out, CLIENT_ENCODING, hex("UTF8"));
    for (Setting setting : settings) {
      if (!setting.name().equals(CLIENT_ENCODING)) {
        set(out, setting.name(), setting.value());
      }
    }
    if (!authorization.isEmpty() && !authorization.equals(hex(login))) {
      set(out, SESSION_AUTHORIZATION, authorization);
    }
    if (!role.isEmpty()) {
      set(out, ROLE, role);
    }
    for (Statement statement : statements) {
      String text = text(statement.text());
      if (statement.isSql()) {
        FrontendMessages.parse(out, "", text);
        FrontendMessages.execute(out);
      } else {
        FrontendMessages.parse(out, text(statement.name()), text, types(statement.types()));
      }
    }
    for (String channel : channels) {
      FrontendMessages.parse(out, "", "LISTEN \"" + text(channel).replace("\"", "\"\"") + "\"");
      FrontendMessages.execute(out);
    }
    FrontendMessages.parse(out, "", SET);
    String wanted =
        settings.stream()
            .filter(setting -> setting.name().equals(CLIENT_ENCODING))
            .map(Setting::value)
            .findFirst()
            .orElse(hex(encoding));
    set(out, CLIENT_ENCODING, wanted);
    FrontendMessages.close(out, ""); // else the client could bind it
    FrontendMessages.sync(out);
    return out;
  }

  /** How much it is; the texts are the client's own. */
  @Override
  public String toString() {
    return "%d settings, %d statements, %d channels"
        .formatted(settings.size(), statements.size(), channels.size());
  }

  private static void set(ByteBuf out, String name, String value) {
    FrontendMessages.execute(out, name, value);
  }

  private static int[] types(String array) {
    String inner = array.substring(1, array.length() - 1);
    return inner.isEmpty()
        ? new int[0]
        : java.util.Arrays.stream(inner.split(",", -1))
            .mapToInt(Integer::parseUnsignedInt)
            .toArray();
  }

  private static String hex(String text) {
    return HEX.formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String hex) {
    return new String(HEX.parseHex(hex), StandardCharsets.UTF_8);
  }
}
