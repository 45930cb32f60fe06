package io.trunkline.proxy.admission;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A rate for each client address. Bounded: of more addresses than it remembers, those that were not
 * heard of for longest are forgotten, and begin with a full bucket when they come again.
 */
public final class AddressRates {
  static final int REMEMBERED = 65_536;

  private final TokenBucket.Rate rate;
  private final LongSupplier nanoTime;
  private final Map<InetAddress, TokenBucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, TokenBucket> eldest) {
          return size() > REMEMBERED;
        }
      };

  public AddressRates(TokenBucket.Rate rate, LongSupplier nanoTime) {
    this.rate = rate;
    this.nanoTime = nanoTime;
  }

  /** Whether that address may once more. */
  public synchronized boolean take(InetAddress address) {
    long now = nanoTime.getAsLong();
    return buckets.computeIfAbsent(address, _ -> new TokenBucket(rate, now)).take(now);
  }

  synchronized int remembered() {
    return buckets.size();
  }
}
