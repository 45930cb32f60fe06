package io.trunkline.pgwire.state;

/**
 * What a statement does to the transaction that it is sent in, as far as its first words tell.
 * Whatever is not known for certain is {@link #UNKNOWN}.
 */
public enum Effect {
  /** There is no statement in the text. */
  EMPTY,
  /** It cannot end a transaction block. */
  NONE,
  /** BEGIN or START TRANSACTION. */
  BEGIN,
  /** COMMIT or END. */
  COMMIT,
  /** ROLLBACK or ABORT, not to a savepoint. */
  ROLLBACK,
  /** COMMIT or ROLLBACK that begins the next transaction at once (AND CHAIN). */
  CHAIN,
  /** It may commit, or nobody can know. */
  UNKNOWN;

  /** In a transaction block none of these commits (PostgreSQL docs: "SQL Commands"). */
  private static final Words CANNOT_COMMIT =
      Words.of(
          "select",
          "insert",
          "update",
          "delete",
          "merge",
          "with",
          "values",
          "table",
          "execute",
          "show",
          "set",
          "reset",
          "savepoint",
          "release",
          "fetch",
          "move",
          "declare",
          "close",
          "lock",
          "copy",
          "explain",
          "analyze",
          "create",
          "alter",
          "drop",
          "truncate",
          "comment",
          "grant",
          "revoke",
          "refresh",
          "listen",
          "unlisten",
          "notify",
          "deallocate",
          "reindex",
          "security");

  /**
   * Of that text.
   *
   * @param end where it ends in that array; it begins at 0
   * @param simple whether it is a Query: then it may hold several statements, which count as
   *     unknown; Parse takes only one
   */
  static Effect of(byte[] text, int end, boolean simple) {
    int at = SqlText.blanks(text, 0, end);
    while (at < end && text[at] == ';') {
      at = SqlText.blanks(text, at + 1, end);
    }
    if (at == end) {
      return EMPTY;
    }
    Effect first = first(text, at, end);
    if (simple && isSeveral(text, at, end)) {
      return hasChain(text, at, end) ? CHAIN : UNKNOWN;
    }
    return first;
  }

  /** Whether the word is anywhere in a text of several statements. */
  private static boolean hasChain(byte[] text, int from, int end) {
    for (int at = from; at < end; at = SqlText.wordEnd(text, at, end) + 1) {
      if (SqlText.is(text, at, end, "chain")) {
        return true;
      }
    }
    return false;
  }

  private static Effect first(byte[] text, int at, int end) {
    int next = SqlText.blanks(text, SqlText.wordEnd(text, at, end), end);
    if (SqlText.is(text, at, end, "begin")) {
      return BEGIN;
    } else if (SqlText.is(text, at, end, "start")) {
      return SqlText.is(text, next, end, "transaction") ? BEGIN : UNKNOWN;
    } else if (SqlText.is(text, at, end, "commit") || SqlText.is(text, at, end, "end")) {
      return ending(COMMIT, text, next, end);
    } else if (SqlText.is(text, at, end, "rollback") || SqlText.is(text, at, end, "abort")) {
      return ending(ROLLBACK, text, next, end);
    } else if (SqlText.is(text, at, end, "prepare")) {
      return SqlText.is(text, next, end, "transaction") ? UNKNOWN : NONE;
    }
    return CANNOT_COMMIT.has(text, at, end) ? NONE : UNKNOWN;
  }

  /** What comes after COMMIT or ROLLBACK. */
  private static Effect ending(Effect effect, byte[] text, int from, int end) {
    int at = from;
    if (SqlText.is(text, at, end, "work") || SqlText.is(text, at, end, "transaction")) {
      at = SqlText.blanks(text, SqlText.wordEnd(text, at, end), end);
    }
    if (SqlText.is(text, at, end, "and")) {
      at = SqlText.blanks(text, at + 3, end);
      if (!SqlText.is(text, at, end, "no")) {
        return CHAIN;
      }
      at = SqlText.blanks(text, at + 2, end);
      if (!SqlText.is(text, at, end, "chain")) {
        return UNKNOWN;
      }
      at = SqlText.blanks(text, at + 5, end);
    }
    if (effect == ROLLBACK && SqlText.is(text, at, end, "to")) {
      return NONE;
    }
    return at == end || text[at] == ';' ? effect : UNKNOWN;
  }

  /** Whether something follows a semicolon, also one within a literal. */
  private static boolean isSeveral(byte[] text, int from, int end) {
    int semicolon = SqlText.find(text, from, end, ';');
    while (semicolon >= 0) {
      int next = SqlText.blanks(text, semicolon + 1, end);
      if (next < end && text[next] != ';') {
        return true;
      }
      semicolon = next < end ? next : -1;
    }
    return false;
  }
}
