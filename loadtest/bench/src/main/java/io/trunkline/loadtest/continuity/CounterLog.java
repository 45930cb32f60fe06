package io.trunkline.loadtest.continuity;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a client with a counter wrote down; see {@code loadtest/lab/clients/programs/counting.py}.
 */
final class CounterLog {
  /** The transaction is certainly undone. */
  static final String LOST = "40001";

  /** Nobody can know whether it was committed. */
  static final String UNKNOWN = "08007";

  /** Of 08007, for drivers that give a broken connection no SQLSTATE, or one of their own. */
  static final String UNKNOWN_TEXT = "whether it was committed is not known";

  private static final String OK = "ok";
  private static final String VERSION = "version ";
  private static final String END = "end";

  private final Path file;
  private long position;
  private String rest = "";
  private String version = "";
  private boolean ended;
  private final BitSet acknowledged = new BitSet();
  private final BitSet lost = new BitSet();
  private final BitSet unclear = new BitSet();
  private final Map<String, Integer> ends = new TreeMap<>();
  private final Map<String, Integer> between = new TreeMap<>();
  private final List<String> messages = new ArrayList<>();
  private Map<String, Integer> recent = new TreeMap<>();
  private long longest;

  CounterLog(Path file) {
    this.file = file;
  }

  /** Reads what is new; the program may be writing. */
  void read() {
    if (!Files.exists(file)) {
      return;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] fresh = new byte[Math.toIntExact(in.length() - position)];
      in.seek(position);
      in.readFully(fresh);
      position += fresh.length;
      add(new String(fresh, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** More of the file's text, which may end within a line. */
  void add(String text) {
    String all = rest + text;
    int whole = all.lastIndexOf('\n') + 1;
    rest = all.substring(whole);
    all.substring(0, whole).lines().forEach(this::line);
  }

  private void line(String line) {
    if (line.startsWith(VERSION)) {
      version = line.substring(VERSION.length());
    } else if (line.equals(END)) {
      ended = true;
    } else {
      String[] fields = line.split(" ", 4);
      attempt(Integer.parseInt(fields[0]), fields[1], Long.parseLong(fields[2]), fields[3]);
    }
  }

  private void attempt(int number, String outcome, long micros, String message) {
    if (outcome.equals(OK)) {
      acknowledged.set(number);
      longest = Math.max(longest, micros);
      return;
    }
    String state = message.contains(UNKNOWN_TEXT) ? UNKNOWN : outcome;
    messages.add(outcome + " " + message);
    if (number == 0) {
      between.merge(state, 1, Integer::sum);
      recent.merge("between " + state, 1, Integer::sum);
      return;
    }
    recent.merge(state, 1, Integer::sum);
    if (state.equals(LOST)) {
      lost.set(number);
    } else {
      unclear.set(number);
      ends.merge(state, 1, Integer::sum);
    }
  }

  /** The driver, in its own words; empty if it never started. */
  String version() {
    return version;
  }

  /** Whether the program ended because it was told to. */
  boolean ended() {
    return ended;
  }

  BitSet acknowledged() {
    return acknowledged;
  }

  /** The attempts that got 40001. */
  BitSet lost() {
    return lost;
  }

  /** The attempts after which nobody knows: all others. */
  BitSet unclear() {
    return unclear;
  }

  /** How the unclear ones ended, by SQLSTATE. */
  Map<String, Integer> ends() {
    return ends;
  }

  /** Connections that could not be opened, or were lost outside of an attempt, by SQLSTATE. */
  Map<String, Integer> between() {
    return between;
  }

  /** Everything that was not acknowledged, in order. */
  List<String> messages() {
    return messages;
  }

  /** Errors since this was asked last, by SQLSTATE. */
  Map<String, Integer> takeErrors() {
    Map<String, Integer> taken = recent;
    recent = new TreeMap<>();
    return taken;
  }

  /** The longest acknowledged transaction since this was asked last. */
  Duration takeLongest() {
    long taken = longest;
    longest = 0;
    return Duration.ofNanos(taken * 1000);
  }
}
