package io.trunkline.importer.common;

import io.trunkline.importer.common.Remark.Kind;

/** What there is to be said of something in a file. */
public record Note(Kind kind, String message) {
  /** The same, with what it is said of. */
  public Note of(String title) {
    return new Note(kind, title + ": " + message);
  }

  public static Note lost(String message) {
    return new Note(Kind.LOST, message);
  }

  /** Nothing is made of it, and nobody knows more. */
  public static Note noEffect(String what) {
    return lost(what + ": had no effect");
  }

  public static Note changed(String message) {
    return new Note(Kind.CHANGED, message);
  }

  public static Note replaced(String message) {
    return new Note(Kind.REPLACED, message);
  }
}
