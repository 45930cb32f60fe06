package io.trunkline.config;

import java.util.List;

/**
 * A value of the file and where it stands. Text is never in {@code toString()}: it may be secret.
 */
sealed interface Node {
  Position at();

  /** What it is, for "expected text, got a list". */
  String kind();

  /**
   * @param text as written, without the quotes and before substitution
   * @param plain whether it stood without quotes
   */
  record Scalar(Position at, String text, boolean plain) implements Node {

    /** Whether it says that there is no value: {@code key:}, {@code ~} or {@code null}. */
    boolean isNull() {
      return plain
          && switch (text) {
            case "", "~", "null", "Null", "NULL" -> true;
            default -> false;
          };
    }

    @Override
    public String kind() {
      return isNull() ? "nothing" : "text";
    }

    @Override
    public String toString() {
      return "Scalar[" + at + "]";
    }
  }

  /** Keys and values in the order of the file; a key may occur twice. */
  record Mapping(Position at, List<Entry> entries) implements Node {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /** A list. */
  record Sequence(Position at, List<Node> items) implements Node {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** One line of a mapping. */
  record Entry(Scalar key, Node value) {}
}
