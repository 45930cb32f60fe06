package io.trunkline.proxy.relay;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The file descriptors that clients and members may take. What the process may open (RLIMIT_NOFILE,
 * getrlimit(2)) less a reserve: with it etcd, Patroni and PostgreSQL are still asked, and the admin
 * endpoint, the control socket and VIPs still work, however many clients come.
 *
 * <p>Two fifths are for clients and as many for their members; the rest is for clients that are
 * being refused and for cancel requests.
 */
public final class Descriptors {
  /** Beside the event loops'. */
  private static final int RESERVE = 128;

  /** An event loop has three descriptors; there are several groups of one per processor. */
  private static final int RESERVE_PER_PROCESSOR = 16;

  private static final int LEAST = 20;

  private final int limit;
  private final int most;
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger sockets = new AtomicInteger();

  /**
   * @param limit how many clients and members may have together
   */
  public Descriptors(int limit) {
    this.limit = Math.max(limit, LEAST);
    this.most = this.limit / 5 * 2;
  }

  /** By what this process may open. */
  public static Descriptors ofProcess() {
    long open =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : Integer.MAX_VALUE;
    long reserve =
        RESERVE + (long) RESERVE_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    return new Descriptors(Math.toIntExact(Math.clamp(open - reserve, 0, Integer.MAX_VALUE)));
  }

  /** Warns if the listeners would take more clients than that. */
  public void tell(long maxConnections, EventSink events, InstantSource clock) {
    if (maxConnections > most) {
      events.emit(
          Event.of(
              clock.instant(),
              EventName.DESCRIPTORS_FEW,
              "clients",
              most,
              "max_connections",
              maxConnections,
              "hint",
              "raise LimitNOFILE of trunkline.service, or lower limits.max_connections"));
    }
  }

  /**
   * Counts a client until its connection is closed.
   *
   * @return whether there is a descriptor even for refusing it
   */
  public boolean accepted(Channel client) {
    count(client);
    boolean may = clients.incrementAndGet() <= most + most / 4 && sockets.get() <= limit;
    client.closeFuture().addListener(_ -> clients.decrementAndGet());
    return may;
  }

  /** Whether so many clients are here that the next ones are to be refused. */
  public boolean scarce() {
    return clients.get() > most;
  }

  /**
   * Before a connection to a member is opened.
   *
   * @throws ChannelException if there is no descriptor for one more
   */
  public void demandOne() {
    if (sockets.get() >= limit) {
      throw new ChannelException("no file descriptors left for connections to members");
    }
  }

  /** Counts a connection until it is closed. */
  public void count(Channel socket) {
    sockets.incrementAndGet();
    socket.closeFuture().addListener(_ -> sockets.decrementAndGet());
  }
}
