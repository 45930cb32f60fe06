package io.trunkline.loadtest.takeover;

/** What happens to the node that has the address. */
enum Blow {
  STOP("SIGTERM of the holder's daemon", 3),
  /** The next holder's code has hardly run. */
  STOP_TO_COLD("the same, to a node that has just started", 3),
  /** A node that has just started takes the address back. */
  FAIL_BACK("the node of the highest priority starts", 2),
  DRAIN("`trunkline drain` on the holder", 4),
  KILL("kill -9 of the holder's daemon", 5),
  FREEZE("SIGSTOP of the holder's daemon", 5),
  UNPLUG("the holder's host is cut off", 4),
  /**
   * The holder and the other nodes part; the clients' side elects another one, and must lose it.
   */
  HEAL("a partition heals: the holder across it wins", 4),
  /** The holder is left with the clients and without the cluster: it bids 1 and loses. */
  HEAL_HOLDER_LOSES("a partition heals: the clients' holder loses", 2);

  private final String title;
  private final int watched;

  Blow(String title, int watched) {
    this.title = title;
    this.watched = watched;
  }

  String title() {
    return title;
  }

  /** How long it is watched at least, in seconds. */
  int watched() {
    return watched;
  }

  boolean heals() {
    return this == HEAL || this == HEAL_HOLDER_LOSES;
  }
}
