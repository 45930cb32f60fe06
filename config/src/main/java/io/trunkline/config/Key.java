package io.trunkline.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key of the file, declared once: what it is called, how its values are written, what holds
 * without it, and what the manual says of it. Nothing about it changes once the reader that
 * declares it is initialised.
 *
 * @param <T> what a value is read as
 */
final class Key<T> {
  private final String name;
  private final Type<T> type;
  private @Nullable String example;
  private String without;
  private boolean needsRestart;
  private String meaning = "";

  Key(String name, Type<T> type) {
    this.name = name;
    this.type = type;
    this.without =
        type.byDefault() == null ? "none" : "`" + EffectiveConfig.text(type.byDefault()) + "`";
  }

  /** It must be there, written as in the example. */
  Key<T> required(String example) {
    this.example = example;
    return without("required");
  }

  /** What the manual has for its default where that is no value. */
  Key<T> without(String words) {
    without = words;
    return this;
  }

  /** The process has it from its start to its end. */
  Key<T> untilRestart() {
    needsRestart = true;
    return this;
  }

  /** For the manual, in Markdown. */
  Key<T> means(String sentences) {
    meaning = sentences;
    return this;
  }

  String name() {
    return name;
  }

  Type<T> type() {
    return type;
  }

  /** The value that it must be given, as in; null when it may be left out. */
  @Nullable String example() {
    return example;
  }

  T byDefault() {
    return Optional.ofNullable(type.byDefault()).orElseThrow();
  }

  boolean needsRestart() {
    return needsRestart;
  }

  /** Its line in a table of the manual. */
  String row() {
    String restart = needsRestart ? " A change needs a restart or an upgrade." : "";
    return "| `%s` | %s | %s | %s%s |"
        .formatted(name, type.words(), without, meaning, restart)
        .replace("|  |", "| |");
  }
}
