package io.trunkline.proxy.admission;

/**
 * Whether there is memory for new connections. It closes when one of the amounts in use passes its
 * limit and opens when all are well below: what flaps helps nobody.
 */
public final class MemoryGate {
  private volatile boolean closed;

  /**
   * An amount of memory.
   *
   * @param used bytes in use
   * @param limit bytes from which on there are too many
   */
  public record Amount(long used, long limit) {
    private boolean over() {
      return used > limit;
    }

    private boolean wellBelow() {
      return used < limit - limit / 10;
    }
  }

  /**
   * Takes note of what is in use now. Called by one thread.
   *
   * @return whether that has closed or opened it
   */
  public boolean observe(Amount... amounts) {
    boolean before = closed;
    boolean over = false;
    boolean wellBelow = true;
    for (Amount amount : amounts) {
      over |= amount.over();
      wellBelow &= amount.wellBelow();
    }
    closed = over || (before && !wellBelow);
    return closed != before;
  }

  /** Whether new connections are refused. */
  public boolean closed() {
    return closed;
  }
}
