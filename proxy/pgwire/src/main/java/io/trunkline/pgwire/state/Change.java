package io.trunkline.pgwire.state;

/** Whether a statement may change what its session is, beside the data. */
public enum Change {
  /** Nothing in its text can. */
  NONE,
  /** It may, and what it changes is undone if its transaction is rolled back. */
  TRANSACTIONAL,
  /** It may, for good. */
  LASTING;

  Change or(Change other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
