package io.trunkline.proxy.backend;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.trunkline.config.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns members' hosts into addresses without ever blocking an event loop. A name is looked up once
 * at a time, and while that takes long, the address that it had last is used.
 */
public final class MemberAddresses {
  private static final Duration LIFETIME = Duration.ofSeconds(10);

  /** Milliseconds. How long a newer address is waited for where one is known. */
  private static final long PATIENCE = 100;

  /** Looks up a name; blocks. */
  @FunctionalInterface
  interface Resolver {
    InetAddress resolve(String host) throws UnknownHostException;
  }

  private record Resolved(InetSocketAddress address, Instant at) {}

  private final InstantSource clock;
  private final Resolver resolver;
  private final Map<HostPort, Resolved> cache = new ConcurrentHashMap<>();
  private final Map<HostPort, CompletableFuture<InetSocketAddress>> lookups =
      new ConcurrentHashMap<>();

  public MemberAddresses(InstantSource clock) {
    this(clock, InetAddress::getByName);
  }

  MemberAddresses(InstantSource clock, Resolver resolver) {
    this.clock = clock;
    this.resolver = resolver;
  }

  /** The address; the future completes on the given loop. */
  Future<InetSocketAddress> resolve(HostPort host, EventExecutor loop) {
    byte @Nullable [] literal = NetUtil.createByteArrayFromIpAddressString(host.host());
    if (literal != null) {
      return loop.newSucceededFuture(new InetSocketAddress(address(literal), host.port()));
    }
    Resolved known = cache.get(host);
    if (known != null && known.at().plus(LIFETIME).isAfter(clock.instant())) {
      return loop.newSucceededFuture(known.address());
    }
    Promise<InetSocketAddress> promise = loop.newPromise();
    CompletableFuture<InetSocketAddress> lookup = new CompletableFuture<>();
    CompletableFuture<InetSocketAddress> running = lookups.putIfAbsent(host, lookup);
    if (running == null) {
      Thread.ofVirtual().name("resolve-" + host.host()).start(() -> lookUp(host, lookup));
    }
    (running == null ? lookup : running)
        .whenComplete(
            (found, failure) -> {
              if (failure == null) {
                promise.trySuccess(found);
              } else if (known != null) {
                promise.trySuccess(known.address());
              } else {
                promise.tryFailure(failure);
              }
            });
    if (known != null) {
      var _ =
          loop.schedule(() -> promise.trySuccess(known.address()), PATIENCE, TimeUnit.MILLISECONDS);
    }
    return promise;
  }

  private void lookUp(HostPort host, CompletableFuture<InetSocketAddress> lookup) {
    try {
      InetSocketAddress found = new InetSocketAddress(resolver.resolve(host.host()), host.port());
      cache.put(host, new Resolved(found, clock.instant()));
      lookups.remove(host);
      lookup.complete(found);
    } catch (UnknownHostException | RuntimeException | OutOfMemoryError e) {
      lookups.remove(host);
      lookup.completeExceptionally(e);
    }
  }

  private static InetAddress address(byte[] literal) {
    try {
      return InetAddress.getByAddress(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + literal.length + " bytes", e);
    }
  }
}
