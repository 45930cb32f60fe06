package io.trunkline.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Host names to addresses, by the operating system's resolver, which the caller never waits for. A
 * name is looked up once at a time. While that takes long, or fails, the addresses that it had last
 * are used: a name service that is down stops nothing.
 */
public final class HostResolver {
  private static final Duration LIFETIME = Duration.ofSeconds(10);

  /** Milliseconds. How long newer addresses are waited for where some are known. */
  private static final long PATIENCE = 100;

  /** Looks up a name; blocks. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] find(String host) throws UnknownHostException;
  }

  private record Found(List<InetAddress> addresses, Instant until) {}

  private final InstantSource clock;
  private final Lookup lookup;
  private final Map<String, Found> cache = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<List<InetAddress>>> running =
      new ConcurrentHashMap<>();

  public HostResolver(InstantSource clock) {
    this(clock, InetAddress::getAllByName);
  }

  HostResolver(InstantSource clock, Lookup lookup) {
    this.clock = clock;
    this.lookup = lookup;
  }

  /** The addresses, at least one; completes on any thread, at once where they are known. */
  public CompletableFuture<List<InetAddress>> resolve(String host) {
    Found known = cache.computeIfAbsent(host, HostResolver::literal);
    if (known != null && known.until().isAfter(clock.instant())) {
      return CompletableFuture.completedFuture(known.addresses());
    }
    CompletableFuture<List<InetAddress>> begun = new CompletableFuture<>();
    CompletableFuture<List<InetAddress>> before = running.putIfAbsent(host, begun);
    if (before == null) {
      Thread.ofVirtual().name("resolve-" + host).start(() -> lookUp(host, begun));
    }
    CompletableFuture<List<InetAddress>> answer = before == null ? begun : before;
    return known == null
        ? answer
        : answer
            .exceptionally(_ -> known.addresses())
            .completeOnTimeout(known.addresses(), PATIENCE, TimeUnit.MILLISECONDS);
  }

  /** Null for a name. */
  private static @Nullable Found literal(String host) {
    try {
      return new Found(List.of(InetAddress.ofLiteral(host)), Instant.MAX);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void lookUp(String host, CompletableFuture<List<InetAddress>> begun) {
    try {
      List<InetAddress> found = List.of(lookup.find(host));
      cache.put(host, new Found(found, clock.instant().plus(LIFETIME)));
      running.remove(host);
      begun.complete(found);
    } catch (UnknownHostException | RuntimeException | OutOfMemoryError e) {
      running.remove(host);
      begun.completeExceptionally(e);
    }
  }
}
