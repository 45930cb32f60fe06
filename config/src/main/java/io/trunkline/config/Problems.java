package io.trunkline.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file. */
final class Problems {
  /** Nobody reads more, and a hostile file shall not fill the memory. */
  static final int LIMIT = 1000;

  private final String file;
  private final List<Problem> found = new ArrayList<>();
  private int unlisted;

  Problems(String file) {
    this.file = file;
  }

  void add(Position at, String field, String message) {
    if (found.size() < LIMIT) {
      found.add(new Problem(file, at.line(), at.column(), field, message));
    } else {
      unlisted++;
    }
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** In the order of the file. */
  List<Problem> sorted() {
    List<Problem> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    if (unlisted > 0) {
      sorted.add(new Problem(file, 0, 0, "", "and " + unlisted + " more problems"));
    }
    return sorted;
  }
}
