package io.trunkline.proxy.admission;

import io.trunkline.config.LimitsConfig;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** How fast clients may connect to one listener; one second's worth may come at once. */
public final class ConnectionRates {
  private final LongSupplier nanoTime;
  private final Optional<TokenBucket> all;
  private final Optional<AddressRates> byAddress;

  public ConnectionRates(LimitsConfig limits, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.all =
        rate(limits.connectionRate()).map(rate -> new TokenBucket(rate, nanoTime.getAsLong()));
    this.byAddress =
        rate(limits.connectionRatePerAddress()).map(rate -> new AddressRates(rate, nanoTime));
  }

  private static Optional<TokenBucket.Rate> rate(OptionalInt perSecond) {
    return perSecond.isPresent()
        ? Optional.of(new TokenBucket.Rate(perSecond.getAsInt(), perSecond.getAsInt()))
        : Optional.empty();
  }

  /** Why that client comes too soon, if it does. One that is refused does not count for others. */
  Optional<SessionEnd> enter(InetAddress client) {
    if (byAddress.isPresent() && !byAddress.get().take(client)) {
      return Optional.of(SessionEnd.CONNECTION_RATE_PER_ADDRESS);
    }
    if (all.isPresent() && !takeOfAll(all.get())) {
      return Optional.of(SessionEnd.CONNECTION_RATE);
    }
    return Optional.empty();
  }

  private boolean takeOfAll(TokenBucket bucket) {
    synchronized (bucket) {
      return bucket.take(nanoTime.getAsLong());
    }
  }
}
