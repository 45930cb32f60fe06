package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;

import io.trunkline.pgwire.state.StateQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a session of a {@link ScriptedPostgres} is, and what it does with each message. It knows the
 * statements that scripts have, and those of the proxy's own.
 */
final class ScriptedSession {
  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final ScriptedPostgres server;
  private final ScriptedBackend line;

  private final Map<String, String> statements = new TreeMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private Map<String, String> settings = new TreeMap<>();
  private Map<String, String> settingsBefore = Map.of();

  private State state = State.NONE;
  private List<Integer> inserted = new ArrayList<>();
  private final List<Savepoint> savepoints = new ArrayList<>();
  private boolean skips;
  private boolean tellsState;

  private enum State {
    NONE,
    /** Of one query or batch. */
    IMPLICIT,
    BLOCK,
    FAILED
  }

  private record Portal(String text, List<String> parameters) {}

  private record Savepoint(String name, int inserted, Map<String, String> settings) {}

  private static final class SqlError extends Exception {
    private static final long serialVersionUID = 1L;
    private final String state;

    SqlError(String state, String text) {
      super(text);
      this.state = state;
    }
  }

  ScriptedSession(ScriptedPostgres server, ScriptedBackend line) {
    this.server = server;
    this.line = line;
  }

  // Messages.

  void hear(char type, byte[] body) throws IOException {
    if (type == 'X') {
      throw new ScriptedBackend.Over();
    }
    if (skips && type != 'S') {
      return;
    }
    try {
      switch (type) {
        case 'Q' -> query(text(ByteBuffer.wrap(body)));
        case 'P' -> parse(ByteBuffer.wrap(body));
        case 'B' -> bind(ByteBuffer.wrap(body));
        case 'D' -> describe(ByteBuffer.wrap(body));
        case 'E' -> execute(text(ByteBuffer.wrap(body)));
        case 'C' -> close(ByteBuffer.wrap(body));
        case 'H' -> line.flush();
        case 'S' -> sync();
        default -> throw new IOException("a message of type " + type);
      }
    } catch (SqlError e) {
      line.error("ERROR", e.state, String.valueOf(e.getMessage()));
      fail();
      skips = type != 'Q';
      if (type == 'Q') {
        ready();
      }
    }
  }

  /** Tells where the transaction is, and has all of it sent. */
  void ready() throws IOException {
    char status =
        switch (state) {
          case NONE, IMPLICIT -> 'I';
          case BLOCK -> 'T';
          case FAILED -> 'E';
        };
    line.send('Z', new byte[] {(byte) status});
    line.flush();
  }

  private void sync() throws IOException {
    skips = false;
    if (state == State.IMPLICIT) {
      commit();
    }
    ready();
    if (tellsState) {
      tellsState = false;
      server.answeredQuestion(line.inRun());
    }
  }

  private void query(String text) throws IOException, SqlError {
    statements.remove("");
    List<String> texts = new ArrayList<>();
    for (String each : text.split(";", -1)) {
      if (!each.isBlank()) {
        texts.add(each.trim());
      }
    }
    if (texts.isEmpty()) {
      line.send('I', new byte[0]);
    }
    for (String each : texts) {
      if (returnsRows(each)) {
        refuseIfFailed(each);
        rowDescription();
      }
      String tag = run(each, List.of());
      if (texts.size() == 1 && state == State.IMPLICIT) {
        commit();
      }
      complete(tag);
    }
    if (state == State.IMPLICIT) {
      commit();
    }
    ready();
  }

  private void parse(ByteBuffer body) throws IOException, SqlError {
    String name = text(body);
    String sql = text(body);
    if (name.isEmpty()) {
      statements.remove("");
    }
    refuseIfFailed(sql);
    begins();
    if (statements.containsKey(name)) {
      throw new SqlError("42P05", "prepared statement \"" + name + "\" already exists");
    }
    statements.put(name, sql);
    line.send('1', new byte[0]);
  }

  private void bind(ByteBuffer body) throws IOException, SqlError {
    String portal = text(body);
    String sql = statement(text(body));
    for (int formats = body.getShort(); formats > 0; formats--) {
      body.getShort();
    }
    List<String> parameters = new ArrayList<>();
    for (int count = body.getShort(); count > 0; count--) {
      byte[] value = new byte[body.getInt()];
      body.get(value);
      parameters.add(new String(value, StandardCharsets.UTF_8));
    }
    refuseIfFailed(sql);
    begins();
    int wanted = sql.contains("$2") ? 2 : sql.contains("$1") ? 1 : 0;
    if (parameters.size() != wanted) {
      throw new SqlError("08P01", "wrong number of parameters for: " + sql);
    }
    portals.put(portal, new Portal(sql, parameters));
    line.send('2', new byte[0]);
  }

  private String statement(String name) throws SqlError {
    String sql = statements.get(name);
    if (sql == null) {
      throw new SqlError("26000", "prepared statement \"" + name + "\" does not exist");
    }
    return sql;
  }

  private Portal portal(String name) throws SqlError {
    Portal portal = portals.get(name);
    if (portal == null) {
      throw new SqlError("34000", "portal \"" + name + "\" does not exist");
    }
    return portal;
  }

  private void describe(ByteBuffer body) throws IOException, SqlError {
    boolean prepared = body.get() == 'S';
    String name = text(body);
    String sql = prepared ? statement(name) : portal(name).text;
    if (returnsRows(sql)) {
      refuseIfFailed(sql);
    }
    begins();
    if (prepared) {
      line.send('t', new byte[2]);
    }
    if (returnsRows(sql)) {
      rowDescription();
    } else {
      line.send('n', new byte[0]);
    }
  }

  private void execute(String name) throws IOException, SqlError {
    Portal portal = portal(name);
    if (portal.text.isBlank()) {
      line.send('I', new byte[0]);
      return;
    }
    complete(run(portal.text, portal.parameters));
  }

  private void close(ByteBuffer body) throws IOException {
    if (body.get() == 'S') {
      statements.remove(text(body));
    } else {
      portals.remove(text(body));
    }
    line.send('3', new byte[0]);
  }

  // Statements.

  /** Returns its tag. */
  private String run(String sql, List<String> parameters) throws IOException, SqlError {
    String text = sql.toLowerCase(Locale.ROOT);
    refuseIfFailed(sql);
    return switch (first(text)) {
      case "begin", "start" -> {
        if (state == State.BLOCK) {
          warn("25001", "there is already a transaction in progress");
        } else {
          settingsBefore = state == State.NONE ? Map.copyOf(settings) : settingsBefore;
          state = State.BLOCK;
        }
        yield first(text).equals("begin") ? "BEGIN" : "START TRANSACTION";
      }
      case "commit", "end" -> {
        if (state == State.FAILED) {
          rollback();
          yield "ROLLBACK";
        }
        if (state != State.BLOCK) {
          warn("25P01", "there is no transaction in progress");
        }
        commit();
        yield "COMMIT";
      }
      case "rollback", "abort" -> {
        if (text.startsWith("rollback to ")) {
          rollbackTo(text.substring("rollback to ".length()));
        } else {
          if (state != State.BLOCK && state != State.FAILED) {
            warn("25P01", "there is no transaction in progress");
          }
          rollback();
        }
        yield "ROLLBACK";
      }
      case "savepoint" -> {
        if (state != State.BLOCK) {
          throw new SqlError("25P01", "SAVEPOINT can only be used in transaction blocks");
        }
        savepoints.add(new Savepoint(text.split(" ", 2)[1], inserted.size(), Map.copyOf(settings)));
        yield "SAVEPOINT";
      }
      case "insert" -> {
        begins();
        int number = parameters.isEmpty() ? number(text) : Integer.parseInt(parameters.getFirst());
        server.runs(number);
        inserted.add(number);
        yield "INSERT 0 1";
      }
      case "set" -> {
        begins();
        String[] words = text.split(" ", -1);
        settings.put(words[1], words[3]);
        yield "SET";
      }
      case "show" -> {
        begins();
        row(settings.getOrDefault(text.split(" ", 2)[1], "default"));
        yield "SHOW";
      }
      case "select" -> {
        begins();
        yield select(text, parameters);
      }
      default -> throw new SqlError("42601", "syntax error in: " + sql);
    };
  }

  private String select(String text, List<String> parameters) throws IOException, SqlError {
    if (text.contains("1 / 0")) {
      throw new SqlError("22012", "division by zero");
    } else if (text.contains("::pg_catalog.int4")) {
      throw new SqlError("22P02", "invalid input syntax for type integer");
    } else if (text.contains("pg_my_temp_schema")) {
      tellState();
    } else if (text.contains("pg_is_in_recovery")) {
      row("f", null);
    } else if (text.contains("set_config(")) {
      String name = unhex(parameters.get(0));
      if (!name.equals("client_encoding") && !name.equals("role")) {
        settings.put(name, unhex(parameters.get(1)));
      }
      row(unhex(parameters.get(1)));
    } else {
      warnIfWanted(text);
      row(parameters.isEmpty() ? text.substring("select".length()).trim() : parameters.getFirst());
    }
    return "SELECT 1";
  }

  /** As a function of the user's may. */
  private void warnIfWanted(String text) throws IOException {
    if (text.contains("warn")) {
      warn("57P01", "a function says so");
    }
  }

  private void tellState() throws IOException {
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      row("setting", hex(setting.getKey()), hex(setting.getValue()), "");
    }
    row("role", hex("none"), hex("app"), "");
    row("position", "", "", "1000");
    for (Map.Entry<String, String> statement : statements.entrySet()) {
      if (!statement.getKey().equals(StateQuery.NAME) && !statement.getKey().isEmpty()) {
        String types = statement.getValue().contains("$1") ? "{23}" : "{}";
        row("statement", hex(statement.getKey()), hex(statement.getValue()), types);
      }
    }
    tellsState = true;
  }

  private void rollbackTo(String name) throws SqlError {
    if (state != State.BLOCK && state != State.FAILED) {
      throw new SqlError("25P01", "ROLLBACK TO SAVEPOINT can only be used in transaction blocks");
    }
    int at = savepoints.size() - 1;
    while (at >= 0 && !savepoints.get(at).name.equals(name)) {
      at--;
    }
    if (at < 0) {
      throw new SqlError("3B001", "savepoint \"" + name + "\" does not exist");
    }
    Savepoint savepoint = savepoints.get(at);
    inserted = new ArrayList<>(inserted.subList(0, savepoint.inserted));
    settings = new TreeMap<>(savepoint.settings);
    savepoints.subList(at + 1, savepoints.size()).clear();
    state = State.BLOCK;
  }

  // Transactions.

  private void begins() {
    if (state == State.NONE) {
      state = State.IMPLICIT;
      settingsBefore = Map.copyOf(settings);
    }
  }

  private void refuseIfFailed(String sql) throws SqlError {
    String first = first(sql.toLowerCase(Locale.ROOT));
    if (state == State.FAILED && !List.of("commit", "end", "rollback", "abort").contains(first)) {
      throw new SqlError("25P02", "current transaction is aborted");
    }
  }

  private void fail() {
    if (state == State.BLOCK) {
      state = State.FAILED;
    } else if (state == State.IMPLICIT) {
      rollback();
    }
  }

  private void commit() {
    server.commits(inserted);
    ended();
  }

  void rollback() {
    if (state != State.NONE) {
      settings = new TreeMap<>(settingsBefore);
    }
    ended();
  }

  private void ended() {
    inserted = new ArrayList<>();
    savepoints.clear();
    portals.clear();
    state = State.NONE;
  }

  // Words.

  private void complete(String tag) throws IOException {
    line.send('C', (tag + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private void warn(String sqlState, String text) throws IOException {
    line.send(ScriptedBackend.error('N', "WARNING", sqlState, text));
    line.flush();
  }

  private void rowDescription() throws IOException {
    ByteBuffer body = ByteBuffer.allocate(2 + 2 + 18).putShort((short) 1);
    body.put(new byte[] {'c', 0}).putInt(0).putShort((short) 0).putInt(25).putShort((short) -1);
    line.send('T', body.putInt(-1).putShort((short) 0).array());
  }

  private void row(@Nullable String... values) throws IOException {
    byte[] body = ByteBuffer.allocate(2).putShort((short) values.length).array();
    for (String value : values) {
      byte[] bytes = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
      int length = value == null ? -1 : bytes.length;
      body = join(body, ByteBuffer.allocate(4).putInt(length).array(), bytes);
    }
    line.send(message('D', body));
  }

  private static boolean returnsRows(String sql) {
    return List.of("select", "show").contains(first(sql.toLowerCase(Locale.ROOT)));
  }

  private static String first(String text) {
    return text.trim().split("\\s+", 2)[0];
  }

  private static int number(String text) {
    Matcher matcher = NUMBER.matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group()) : -1;
  }

  private static String text(ByteBuffer body) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (byte b = body.get(); b != 0; b = body.get()) {
      text.write(b);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static String hex(String text) {
    return HEX.formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String unhex(String hex) {
    return new String(HEX.parseHex(hex), StandardCharsets.UTF_8);
  }
}
