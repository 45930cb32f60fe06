package io.trunkline.proxy;

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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Turns members' hosts into addresses without ever blocking an event loop. */
final class MemberAddresses {
  private static final Duration LIFETIME = Duration.ofSeconds(10);

  private record Resolved(InetSocketAddress address, Instant at) {}

  private final InstantSource clock;
  private final Map<HostPort, Resolved> cache = new ConcurrentHashMap<>();

  MemberAddresses(InstantSource clock) {
    this.clock = clock;
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
    Thread.ofVirtual().name("resolve-" + host.host()).start(() -> lookUp(host, promise));
    return promise;
  }

  private void lookUp(HostPort host, Promise<InetSocketAddress> promise) {
    try {
      InetSocketAddress found =
          new InetSocketAddress(InetAddress.getByName(host.host()), host.port());
      cache.put(host, new Resolved(found, clock.instant()));
      promise.setSuccess(found);
    } catch (UnknownHostException | RuntimeException e) {
      Resolved stale = cache.get(host);
      if (stale != null) {
        promise.setSuccess(stale.address());
      } else {
        promise.setFailure(e);
      }
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
