package io.trunkline.proxy;

/** Numbers that no other loop of this daemon gives. Owned by one event loop. */
final class SessionIds {
  private final int loops;
  private long next;

  /**
   * @param first what this loop begins with
   * @param loops how many there are, so that theirs lie between
   */
  SessionIds(int first, int loops) {
    this.next = first;
    this.loops = loops;
  }

  long next() {
    long id = next;
    next += loops;
    return id;
  }
}
