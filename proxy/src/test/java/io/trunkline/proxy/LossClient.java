package io.trunkline.proxy;

import io.trunkline.pgwire.Packets;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that runs a script and holds whoever answers to the protocol: every answer belongs to
 * what was asked, in order, and once. It remembers what it was told of each insert, and what is
 * still open, so that it can say whether its session may end.
 */
final class LossClient implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  static final String SETTING = "work_mem";

  private final Socket socket;
  private final DataInputStream in;
  private final IntSupplier numbers;
  private final Cut cut;
  private final StringBuilder story = new StringBuilder();

  /** Numbers of inserts. */
  final Set<Integer> all = new HashSet<>();

  final Set<Integer> acknowledged = new HashSet<>();
  final Set<Integer> refused = new HashSet<>();

  private final Deque<Asked> asked = new ArrayDeque<>();
  private final List<Asked> sinceQuiet = new ArrayList<>();
  private Quiet quiet = new Quiet('I', Map.of(), Map.of());
  private final Map<String, String> sentStatements = new HashMap<>();
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, Statement> portals = new HashMap<>();
  private List<Integer> work = new ArrayList<>();
  private final List<Savepoint> savepoints = new ArrayList<>();
  private String setting = "default";
  private String settingBefore = "default";
  private String row = "";
  private int nextInQuery;
  private int described;
  private boolean started;
  private boolean inBlock;
  private boolean blockFailed;
  private boolean began;
  private boolean ranOutside;
  private boolean failed;
  private boolean skips;
  private boolean batchOpen;
  private char status = 'I';
  private boolean lost;
  private boolean truncated;
  private boolean pinned;
  private boolean unnamedWaits;
  private boolean dirty;
  private int changes;
  private int changesAsked = -1;
  private long sent;

  /** Where what it sends is torn in two. */
  interface Cut {
    /** Never. */
    Cut NONE =
        new Cut() {
          @Override
          public long at() {
            return Long.MAX_VALUE;
          }

          @Override
          public void between() {}
        };

    long at();

    /** The first part was sent; returns when the second is to be. */
    void between();
  }

  /** A message that is to be answered; {@code type} Z: the end of a query or batch. */
  private record Asked(char type, String name, String text, List<Integer> numbers, String other) {}

  /** How it was when nothing was asked. */
  private record Quiet(
      char status, Map<String, String> statements, Map<String, Statement> portals) {}

  private record Statement(String text, int number) {}

  private record Savepoint(String name, int done, String setting) {}

  /** The session is over. */
  static final class Ended extends Exception {
    private static final long serialVersionUID = 1L;
    final String state;

    Ended(String state) {
      super("ended: " + state);
      this.state = state;
    }
  }

  LossClient(Socket socket, IntSupplier numbers, Cut cut) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.numbers = numbers;
    this.cut = cut;
  }

  @Override
  public String toString() {
    return story.toString();
  }

  char status() {
    return status;
  }

  /** Whether it was told since this was asked last that its transaction is lost. */
  boolean takeLost() {
    boolean was = lost;
    lost = false;
    return was;
  }

  // What it says.

  void start() throws IOException, Ended {
    asked.add(new Asked('Z', "", "", List.of(), "startup"));
    write(Packets.startup(), false);
    answers();
    started = true;
  }

  /**
   * Sends that line of a script: messages with bars between them, a number in the place of each
   * {@code #}.
   */
  void send(String line) throws IOException, Ended {
    List<byte[]> messages = new ArrayList<>();
    for (String each : line.split(" \\| ", -1)) {
      byte[] message = message(each.trim());
      if (message.length > 0) {
        messages.add(message);
      }
    }
    story.append("> ").append(line).append('\n');
    write(Packets.join(messages.toArray(new byte[0][])), true);
  }

  private void write(byte[] bytes, boolean messages) throws IOException, Ended {
    try {
      long before = sent;
      sent += bytes.length;
      if (cut.at() > before && cut.at() < sent) {
        int first = (int) (cut.at() - before);
        socket.getOutputStream().write(bytes, 0, first);
        pinned = !messages || isPinned(bytes, first);
        cut.between();
        socket.getOutputStream().write(bytes, first, bytes.length - first);
      } else {
        socket.getOutputStream().write(bytes);
      }
    } catch (IOException broken) {
      story.append("! ").append(broken).append('\n');
      while (true) {
        receive();
      }
    }
  }

  /** Whether the session is pinned by what was sent of those messages. */
  private static boolean isPinned(byte[] bytes, int length) {
    int at = 0;
    boolean waits = false;
    while (at < length) {
      char type = (char) bytes[at];
      int end = at + 1 + ByteBuffer.wrap(bytes).getInt(at + 1);
      if (end > length) {
        return true;
      }
      if (type == 'P' && bytes[at + 5] == 0) {
        waits = true;
      } else if (type == 'B' || type == 'Q') {
        waits = false;
      }
      at = end;
    }
    return waits;
  }

  private byte[] message(String each) {
    char type = each.charAt(0);
    int close = each.indexOf(']');
    String name = close > 0 && each.charAt(1) == '[' ? each.substring(2, close) : "";
    String text = each.substring(name.isEmpty() ? 1 : close + 1).trim();
    List<Integer> fresh = new ArrayList<>();
    while (text.contains("#")) {
      int number = number(text);
      fresh.add(number);
      text = text.replaceFirst("#", String.valueOf(number));
    }
    return switch (type) {
      case 'Q' -> {
        unnamedWaits = false;
        changes(text.contains("set "));
        asks('Q', "", text, fresh, "");
        asks('Z', "", "", List.of(), "query");
        yield Packets.message('Q', text + "\0");
      }
      case 'P' -> {
        if (!name.isEmpty() && statements.containsKey(name)) {
          yield new byte[0]; // it is prepared already
        }
        unnamedWaits |= name.isEmpty();
        changes(text.contains("set "));
        sentStatements.put(name, text);
        asks('P', name, text, fresh, "");
        yield Packets.message('P', name + "\0" + text + "\0\0\0");
      }
      case 'B' -> {
        int arrow = name.indexOf('<');
        String portal = arrow < 0 ? "" : name.substring(0, arrow);
        String statement = name.substring(arrow + 1);
        unnamedWaits &= !statement.isEmpty();
        String parameters = "\0\0\0\0";
        String prepared = sentStatements.getOrDefault(statement, "");
        if (prepared.contains("$1")) {
          int number = number(prepared);
          fresh.add(number);
          String value = String.valueOf(number);
          parameters = "\0\0\0\1\0\0\0" + (char) value.length() + value;
        }
        asks('B', portal, statement, fresh, "");
        yield Packets.message('B', portal + "\0" + statement + "\0" + parameters + "\0\0");
      }
      case 'D' -> {
        asks('D', name, "", List.of(), name.isEmpty() ? "P" : "S");
        yield Packets.message('D', (name.isEmpty() ? "P" : "S") + name + "\0");
      }
      case 'E' -> {
        asks('E', name, "", List.of(), "");
        yield Packets.message('E', name + "\0\0\0\0\0");
      }
      case 'C' -> {
        asks('C', name, "", List.of(), "");
        yield Packets.message('C', "S" + name + "\0");
      }
      case 'H' -> Packets.message('H');
      case 'S' -> {
        skips = false;
        asks('Z', "", "", List.of(), "batch");
        yield Packets.message('S');
      }
      case 'X' -> Packets.message('X');
      default -> throw new IllegalArgumentException(each);
    };
  }

  private int number(String text) {
    int number = numbers.getAsInt();
    if (text.contains("insert")) {
      all.add(number);
    }
    return number;
  }

  private void asks(char type, String name, String text, List<Integer> fresh, String other) {
    if (asked.isEmpty() && !batchOpen) {
      sinceQuiet.clear();
      quiet = new Quiet(status, new HashMap<>(statements), new HashMap<>(portals));
    }
    if (type != 'Q' && !other.equals("query")) {
      batchOpen = type != 'Z';
    }
    if (skips) {
      refused.addAll(fresh);
    } else {
      Asked next = new Asked(type, name, text, fresh, other);
      asked.add(next);
      sinceQuiet.add(next);
    }
  }

  private void changes(boolean so) {
    if (so) {
      dirty = true;
      changes++;
    }
  }

  /** How often it has said what may change the session. */
  int changes() {
    return changes;
  }

  /** The member was asked for the state of the session, and has told it. */
  void told() {
    changesAsked = changes;
  }

  // What it hears.

  /** Waits until all that it can be told has been told. */
  void answers() throws Ended {
    while (!asked.isEmpty()) {
      receive();
    }
  }

  /** Says good-bye, and waits for the end. */
  void leave() throws IOException {
    try {
      send("X");
      while (true) {
        receive();
      }
    } catch (Ended over) {
      // Whatever the reason is, it is what was wanted.
    }
  }

  /** Has a batch that is open end. */
  void closeBatch() throws IOException, Ended {
    if (batchOpen) {
      send("S");
      answers();
    }
  }

  private void receive() throws Ended {
    int type;
    byte[] body;
    try {
      type = in.read();
    } catch (IOException e) {
      story.append("! ").append(e).append('\n');
      throw new Ended("");
    }
    if (type < 0) {
      story.append("! closed\n");
      throw new Ended("");
    }
    try {
      body = new byte[in.readInt() - Integer.BYTES];
      in.readFully(body);
    } catch (EOFException e) {
      truncated = true;
      story.append("! closed within ").append((char) type).append('\n');
      throw new Ended("");
    } catch (IOException e) {
      truncated = true;
      story.append("! ").append(e).append(" within ").append((char) type).append('\n');
      throw new Ended("");
    }
    story.append("< ").append((char) type).append(' ').append(printable(body)).append('\n');
    hear((char) type, body);
  }

  private static String printable(byte[] body) {
    return new String(body, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]+", " ");
  }

  private void hear(char type, byte[] body) throws Ended {
    if (!started) {
      check("RSKZEN".indexOf(type) >= 0, "not at the start: " + type);
    }
    switch (type) {
      case 'R', 'K' -> check(!started, "only at the start: " + type);
      case 'S', 'N' -> {}
      case 'E' -> error(new String(body, StandardCharsets.UTF_8));
      case 'Z' -> ready((char) body[0]);
      case '1' -> {
        Asked parsed = answered('P');
        statements.put(parsed.name, parsed.text);
      }
      case '2' -> {
        Asked bound = answered('B');
        String text = statements.getOrDefault(bound.text, "");
        int number = bound.numbers.isEmpty() ? numberIn(text) : bound.numbers.getFirst();
        portals.put(bound.name, new Statement(text, number));
      }
      case '3' -> statements.remove(answered('C').name);
      case 't' -> {
        check(first('D').other.equals("S") && described == 0, "a description of parameters");
        described = 1;
      }
      case 'T', 'n' -> {
        if (head() == 'D') {
          check(described == 1 || asked.peekFirst().other.equals("P"), "it comes too early");
          described = 0;
          answered('D');
        } else {
          check(head() == 'Q' && type == 'T', "a description that nobody has asked for");
        }
      }
      case 'D' -> {
        check(head() == 'E' || head() == 'Q', "a row that nobody has asked for");
        row = new String(body, 6, body.length - 6, StandardCharsets.UTF_8);
      }
      case 'C' -> complete(new String(body, 0, body.length - 1, StandardCharsets.UTF_8));
      case 'I' -> {
        check(head() == 'E' || head() == 'Q', "an empty answer that nobody has asked for");
        answered(head());
      }
      default -> check(false, "an unknown message " + type);
    }
  }

  private char head() {
    Asked next = asked.peekFirst();
    return next == null ? 0 : next.type;
  }

  private Asked first(char type) {
    check(head() == type, "the answer to " + type + ", but what is asked is " + head());
    return asked.getFirst();
  }

  private Asked answered(char type) {
    first(type);
    return asked.removeFirst();
  }

  private void complete(String tag) {
    check(head() == 'E' || head() == 'Q', "CommandComplete that nobody has asked for: " + tag);
    Statement statement;
    if (head() == 'E') {
      statement = portals.getOrDefault(answered('E').name, new Statement("", -1));
    } else {
      List<Statement> texts = statements(asked.getFirst().text);
      statement = texts.get(nextInQuery);
      nextInQuery++;
      if (nextInQuery == texts.size()) {
        answered('Q');
        nextInQuery = 0;
      }
    }
    String text = statement.text;
    ranOutside |= !inBlock && !text.startsWith("begin");
    String command = text.split(" ", 2)[0];
    switch (command) {
      case "insert" -> {
        check(tag.equals("INSERT 0 1"), tag);
        work.add(statement.number);
      }
      case "begin" -> {
        check(tag.equals("BEGIN"), tag);
        inBlock = true;
        began = true;
      }
      case "commit" -> {
        check(tag.equals(blockFailed ? "ROLLBACK" : "COMMIT"), tag);
        if (blockFailed) {
          undo();
        } else {
          acknowledged.addAll(work);
          settingBefore = setting;
          ended();
        }
      }
      case "rollback" -> {
        check(tag.equals("ROLLBACK"), tag);
        if (text.startsWith("rollback to ")) {
          undo(text.substring("rollback to ".length()));
        } else {
          undo();
        }
      }
      case "savepoint" -> {
        check(tag.equals("SAVEPOINT"), tag);
        savepoints.add(new Savepoint(text.split(" ", 2)[1], work.size(), setting));
      }
      case "set" -> {
        check(tag.equals("SET"), tag);
        setting = text.split(" ", -1)[3];
      }
      case "show" -> {
        check(tag.equals("SHOW"), tag);
        check(row.equals(setting), "the setting is " + row + ", not " + setting);
      }
      case "select" -> {
        check(tag.equals("SELECT 1"), tag);
        String wanted =
            text.contains("$1") ? String.valueOf(statement.number) : text.split(" ", 2)[1].trim();
        check(row.equals(wanted), "the row of another query: " + row + ", not " + wanted);
      }
      default -> check(false, "the answer to nothing: " + tag);
    }
  }

  private void undo(String savepoint) {
    int at = savepoints.size() - 1;
    while (at >= 0 && !savepoints.get(at).name.equals(savepoint)) {
      at--;
    }
    check(at >= 0, "there is no such savepoint");
    List<Integer> gone = work.subList(savepoints.get(at).done, work.size());
    refused.addAll(gone);
    gone.clear();
    setting = savepoints.get(at).setting;
    blockFailed = false;
    savepoints.subList(at + 1, savepoints.size()).clear();
  }

  private void undo() {
    refused.addAll(work);
    setting = settingBefore;
    ended();
  }

  private void ended() {
    work = new ArrayList<>();
    savepoints.clear();
    inBlock = false;
    blockFailed = false;
  }

  private void error(String body) throws Ended {
    String state = field(body, 'C');
    if (!field(body, 'V').equals("ERROR")) {
      try {
        int more = in.read();
        check(more < 0, "something after a FATAL error: " + (char) more);
      } catch (IOException reset) {
        // As good as closed.
      }
      throw new Ended(state);
    }
    check(!state.equals("08P01"), "what it has bound is not what it has prepared");
    check(!failed, "a second error in one query or batch");
    check(!asked.isEmpty(), "an error that answers nothing");
    failed = true;
    boolean begins = false;
    Statement run = head() == 'E' ? portals.get(asked.getFirst().name) : null;
    if (run != null && run.text.startsWith("insert")) {
      refused.add(run.number);
    }
    Known known = new Known(statements, portals);
    while (!asked.isEmpty() && head() != 'Z') {
      Asked dropped = asked.removeFirst();
      begins |= known.run(dropped).stream().anyMatch(text -> text.startsWith("begin"));
      dropped.numbers.stream()
          .filter(number -> !acknowledged.contains(number) && !work.contains(number))
          .forEach(refused::add);
    }
    began |= begins;
    nextInQuery = 0;
    described = 0;
    skips = asked.isEmpty();
    if (state.equals("40001")) {
      lost = true;
      refused.addAll(work);
      work.clear();
      savepoints.clear();
      setting = settingBefore;
    }
  }

  private void ready(char now) {
    Asked unit = answered('Z');
    if (changesAsked == changes) {
      dirty = false;
    }
    if (unit.other.equals("startup")) {
      status = now;
      check(now == 'I', "in a transaction at the start");
      return;
    }
    switch (now) {
      case 'I' -> {
        check(!inBlock || failed, "idle, though nothing has ended the transaction");
        if (failed) {
          undo();
        } else {
          acknowledged.addAll(work);
          settingBefore = setting;
          ended();
        }
        portals.clear();
      }
      case 'T' -> check(inBlock && !failed, "in a transaction");
      case 'E' -> {
        check(inBlock || began, "in a failed transaction, but nothing has begun one");
        check(failed || status == 'E', "in a failed transaction, without an error");
        inBlock = true;
        blockFailed = true;
      }
      default -> check(false, "a state " + now);
    }
    status = now;
    failed = false;
    began = false;
    ranOutside = false;
  }

  private static String field(String body, char name) {
    for (String field : body.split("\0", -1)) {
      if (!field.isEmpty() && field.charAt(0) == name) {
        return field.substring(1);
      }
    }
    return "";
  }

  private static int numberIn(String text) {
    Matcher matcher = NUMBER.matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group()) : -1;
  }

  private static List<Statement> statements(String query) {
    List<Statement> found = new ArrayList<>();
    for (String each : query.split(";", -1)) {
      if (!each.isBlank()) {
        found.add(new Statement(each.trim(), numberIn(each)));
      }
    }
    return found;
  }

  private void check(boolean so, String what) {
    if (!so) {
      throw new AssertionError(what);
    }
  }

  // What is open.

  /** Whether its session may end, going by what it has sent and heard. */
  void mayEnd(Ended end, boolean mayBeDirty) {
    boolean open = outcomeOpen();
    if (end.state.equals("08007")) {
      check(open, "08007, but nothing is open");
    }
    check(
        !started || truncated || pinned || dirty || mayBeDirty || unnamedWaits || open,
        "the session has ended, with '" + end.state + "', though it could go on");
  }

  /** Whether something that was not answered may have been committed. */
  private boolean outcomeOpen() {
    if (ranOutside || inBlock != (status != 'I')) {
      return true; // it was answered, but not with ReadyForQuery
    }
    return (!asked.isEmpty() || batchOpen) && isOpen(quiet, sinceQuiet);
  }

  private static boolean isOpen(Quiet before, List<Asked> sent) {
    Known known = new Known(before.statements, before.portals);
    Where where =
        switch (before.status) {
          case 'T' -> Where.IN_BLOCK;
          case 'E' -> Where.FAILED;
          default -> Where.OUTSIDE;
        };
    int unit = 0;
    int begunIn = 0;
    for (Asked each : sent) {
      List<String> run = known.run(each);
      if (run.size() > 1) {
        return true;
      }
      for (String text : run) {
        begunIn = where == Where.OUTSIDE ? unit : begunIn;
        where = where.after(text, begunIn == unit);
        if (where == Where.OPEN) {
          return true;
        }
      }
      unit += each.type == 'Z' ? 1 : 0;
    }
    return false;
  }

  /** What names stand for while messages are run. */
  private static final class Known {
    private final Map<String, String> prepared;
    private final Map<String, String> bound = new HashMap<>();

    Known(Map<String, String> statements, Map<String, Statement> portals) {
      prepared = new HashMap<>(statements);
      portals.forEach((name, portal) -> bound.put(name, portal.text));
    }

    /** The statements that it runs. */
    List<String> run(Asked message) {
      switch (message.type) {
        case 'P' -> prepared.put(message.name, message.text);
        case 'B' -> bound.put(message.name, prepared.getOrDefault(message.text, ""));
        case 'E' -> {
          return List.of(bound.getOrDefault(message.name, ""));
        }
        case 'Q' -> {
          return statements(message.text).stream().map(Statement::text).toList();
        }
        default -> {}
      }
      return List.of();
    }
  }

  private enum Where {
    OUTSIDE,
    BEGUN,
    IN_BLOCK,
    FAILED,
    /** It was rolled back. */
    LEFT,
    OPEN;

    Where after(String text, boolean same) {
      boolean commits = text.startsWith("commit");
      boolean leaves = text.startsWith("rollback") && !text.startsWith("rollback to ");
      return switch (this) {
        case OUTSIDE -> text.startsWith("begin") ? BEGUN : OPEN;
        case BEGUN -> commits || (leaves && !same) ? OPEN : leaves ? LEFT : BEGUN;
        case IN_BLOCK -> commits ? OPEN : leaves ? LEFT : IN_BLOCK;
        case FAILED -> commits || leaves ? LEFT : IN_BLOCK;
        case LEFT, OPEN -> OPEN;
      };
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
