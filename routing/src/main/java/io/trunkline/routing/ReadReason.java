package io.trunkline.routing;

import io.trunkline.config.Labelled;

/** Why a member is, or is not, one that a read route uses. */
public enum ReadReason implements Labelled {
  ELIGIBLE("takes new sessions"),
  NO_ADDRESS("has no known PostgreSQL address"),
  NO_PROXY_URL("announces no proxy_url, but the listener has target: proxy_url"),
  IS_PRIMARY("is the primary"),
  NOT_PRIMARY("is not the primary"),
  NOT_A_REPLICA("is not a replica"),
  NOT_RUNNING("is not running PostgreSQL"),
  NOT_STREAMING("is not streaming"),
  SILENT("has no key in etcd, and its REST API does not answer"),
  NO_LOAD_BALANCE("has the tag noloadbalance"),
  LAGGING("lags by more than max_lag"),
  NOT_SYNC("is not a synchronous standby"),
  IS_SYNC("is a synchronous standby"),
  NOT_STANDBY_LEADER("is not the leader of a standby cluster");

  private final String sentence;

  ReadReason(String sentence) {
    this.sentence = sentence;
  }

  /** For people, to follow the member's name. */
  public String sentence() {
    return sentence;
  }
}
