package io.trunkline.loadtest.soak;

import java.time.Instant;

/** A rule that was broken, or something that Patroni has to answer for. */
record Finding(Rule rule, Instant at, String text) {
  /** What is checked. */
  enum Rule {
    LOST("acknowledged and lost"),
    LOST_BY_PATRONI("acknowledged by the leader, and lost with its end: Patroni's share"),
    SUPERSEDED("committed on a superseded member"),
    TWICE("done twice, or done though it was refused"),
    CHANGED("a kept session is not what it was"),
    STALE("a new session on a replica that lags by more than max_lag"),
    HANGS("no answer for 60 s, and no reason in status"),
    NOT_SERVED("a client for which nothing was done in a calm, or at all"),
    QUEUED("clients queued at the end of a calm"),
    HOLDERS("not one holder of the VIP at the end of a calm"),
    NOT_READY("a proxy not ready at the end of a calm"),
    GROWTH("memory, descriptors or threads do not come back");

    private final String title;

    Rule(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Whether Trunkline broke a promise. */
  boolean broken() {
    return rule != Rule.LOST_BY_PATRONI;
  }

  @Override
  public String toString() {
    return Site.clock(at) + " " + rule.title() + ": " + text;
  }
}
