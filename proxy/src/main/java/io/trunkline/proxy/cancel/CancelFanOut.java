package io.trunkline.proxy.cancel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.proxy.admission.AddressRates;
import io.trunkline.proxy.admission.TokenBucket;
import io.trunkline.proxy.backend.CancelTarget;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.stats.CancelDrop;
import io.trunkline.proxy.stats.ListenerStats;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes CancelRequests on: to the member whose key it is where this node has seen the key, else to
 * every member, or the pooler beside each, since only the one that made the key acts on it
 * (PostgreSQL docs: "Canceling Requests in Progress"). The latter are bounded: each makes every
 * PostgreSQL fork, and nobody has to prove anything to send one.
 */
public final class CancelFanOut {
  /** How long a member may take; then the client is told that it is done. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final TokenBucket.Rate PER_ADDRESS = new TokenBucket.Rate(100, 200);
  private static final int MOST_IN_FLIGHT = 128;
  private static final int MOST_QUEUED = 1024;

  /** Length and request code. */
  private static final int HEADER = 2 * Integer.BYTES;

  private final Dialer dialer;
  private final Map<CancelKey, CancelTarget> keys;
  private final ListenerStats stats;
  private final CancelQueue queue;
  private final AddressRates rates = new AddressRates(PER_ADDRESS, System::nanoTime);

  /**
   * @param keys whose they are, as far as this node has seen
   */
  public CancelFanOut(Dialer dialer, Map<CancelKey, CancelTarget> keys, ListenerStats stats) {
    this.dialer = dialer;
    this.keys = keys;
    this.stats = stats;
    this.queue = new CancelQueue(dialer, stats, MOST_IN_FLIGHT, MOST_QUEUED);
  }

  /**
   * Sends it; takes ownership.
   *
   * @param members where the sessions of the listener that it came to are connected to
   * @param loop the client's
   * @return completes on the loop when those that it was sent to have closed: it has arrived
   */
  public Future<Void> send(
      ByteBuf request, List<HostPort> members, InetAddress client, EventLoop loop) {
    CancelKey key =
        CancelKey.read(request, request.readerIndex() + HEADER, request.readableBytes() - HEADER);
    Optional<CancelTarget> owner = Optional.ofNullable(key).map(keys::get);
    Promise<Void> done = loop.newPromise();
    if (owner.isPresent()) {
      cancel(owner.get(), request.alloc(), loop, done);
      request.release();
      return done;
    }
    if (members.isEmpty() || !mayFanOut(client)) {
      request.release();
      return done.setSuccess(null);
    }
    AtomicInteger left = new AtomicInteger(members.size());
    for (HostPort member : members) {
      queue.take(
          errand(
              request.retainedDuplicate(),
              member,
              loop,
              () -> {
                if (left.decrementAndGet() == 0) {
                  done.setSuccess(null);
                }
              }));
    }
    request.release();
    return done;
  }

  private void cancel(
      CancelTarget owner, ByteBufAllocator allocator, EventLoop loop, Promise<Void> done) {
    long arrived = System.nanoTime();
    Future<?> patience =
        loop.schedule(() -> done.trySuccess(null), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    done.addListener(_ -> patience.cancel(false));
    owner.cancel(
        found ->
            loop.execute(
                () -> {
                  if (found.isEmpty() || done.isDone()) {
                    done.trySuccess(null);
                    return;
                  }
                  ByteBuf meant = found.get().key().request(allocator);
                  new CancelDelivery(
                          meant, found.get().member(), loop, arrived, () -> done.trySuccess(null))
                      .run(dialer, () -> {});
                }));
  }

  private static CancelDelivery errand(
      ByteBuf request, HostPort member, EventLoop loop, Runnable over) {
    return new CancelDelivery(request, member, loop, System.nanoTime(), over);
  }

  private boolean mayFanOut(InetAddress client) {
    boolean may = rates.take(client);
    if (!may) {
      stats.cancelDropped(CancelDrop.RATE);
    }
    return may;
  }
}
