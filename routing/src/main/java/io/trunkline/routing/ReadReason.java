package io.trunkline.routing;

import java.util.Locale;

/** Why a member is, or is not, one that a read route uses. */
public enum ReadReason {
  ELIGIBLE("takes new sessions"),
  NO_ADDRESS("nobody has said where its PostgreSQL listens"),
  NO_PROXY_URL("announces no proxy_url, which target asks for"),
  IS_PRIMARY("is the primary"),
  NOT_PRIMARY("is not the primary"),
  NOT_A_REPLICA("is not a replica"),
  NOT_RUNNING("its PostgreSQL is not running"),
  NOT_STREAMING("is not streaming"),
  SILENT("its Patroni does not answer and its key in etcd is gone"),
  NO_LOAD_BALANCE("its tag noloadbalance asks for none"),
  LAGGING("lags by more than max_lag"),
  NOT_SYNC("is not synchronous"),
  IS_SYNC("is synchronous"),
  NOT_STANDBY_LEADER("is not the leader of a standby cluster");

  private final String sentence;

  ReadReason(String sentence) {
    this.sentence = sentence;
  }

  /** The word in logs, metrics and JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people, to follow the member's name. */
  public String sentence() {
    return sentence;
  }
}
