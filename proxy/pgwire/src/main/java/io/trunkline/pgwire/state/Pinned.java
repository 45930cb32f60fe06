package io.trunkline.pgwire.state;

import java.util.Locale;

/** Why a session cannot go on at another member. */
public enum Pinned {
  LISTEN("it listens to notifications (LISTEN)"),
  HOLDABLE_CURSOR("it has a cursor WITH HOLD"),
  TEMPORARY_OBJECT("it has temporary tables or other temporary objects"),
  ADVISORY_LOCK("it holds session-level advisory locks"),
  TEMPORARY_SLOT("it has a temporary replication slot"),
  LOAD("it has loaded a library (LOAD)"),
  DBLINK("it uses dblink"),
  BACKUP("it has begun a backup (pg_backup_start)"),
  DEFERRABLE("its transactions may be DEFERRABLE, so a question could wait"),
  SETTING("it may have a setting whose name cannot be known, set with set_config"),
  UNNAMED_STATEMENT("it has prepared an unnamed statement that it has not run yet"),
  STATEMENTS("it has more prepared statements than can be prepared again"),
  LARGE("what has to be restored is too large"),
  MEMORY("the memory for what all sessions have to be restored with is full"),
  TEXT("it has sent a statement that is too long to be looked at"),
  CHANGED("it may have changed since the member was last asked for its state"),
  NO_ANSWER("the member did not tell its state in time"),
  QUERY_FAILED("the member did not tell its state"),
  LOGIN("this proxy cannot log in for it");

  private final String sentence;

  Pinned(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }

  /** For metrics and JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
