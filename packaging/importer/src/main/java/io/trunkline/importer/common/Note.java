package io.trunkline.packaging.imports;

import io.trunkline.packaging.imports.Remark.Kind;

/** What there is to be said of something in a file. */
record Note(Kind kind, String message) {
  /** The same, with what it is said of. */
  Note of(String title) {
    return new Note(kind, title + ": " + message);
  }

  static Note lost(String message) {
    return new Note(Kind.LOST, message);
  }

  /** Nothing is made of it, and nobody knows more. */
  static Note noEffect(String what) {
    return lost(what + ": had no effect");
  }

  static Note changed(String message) {
    return new Note(Kind.CHANGED, message);
  }

  static Note replaced(String message) {
    return new Note(Kind.REPLACED, message);
  }
}
