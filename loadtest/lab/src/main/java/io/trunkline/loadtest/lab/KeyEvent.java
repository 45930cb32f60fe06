package io.trunkline.loadtest.lab;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A change under Patroni's prefix in etcd.
 *
 * @param key without the prefix: {@code leader}, {@code failover}, {@code members/db-1}
 * @param text the new value; null when the key is gone
 * @param at when the test JVM heard of it first, from whichever etcd member was fastest
 */
public record KeyEvent(long revision, String key, @Nullable String text, Instant at) {
  public Optional<String> value() {
    return Optional.ofNullable(text);
  }
}
