package io.trunkline.proxy.relay;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Clients whose session has ended here, and who have not taken all that was sent to them yet. A
 * slow reader has time to; one that takes nothing is let go.
 */
public final class LingeringClients {
  /** How long a client may take nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The same while new clients are refused for want of the memory that such clients have. */
  private static final Duration PATIENCE_WITHOUT_MEMORY = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final AtomicInteger clients = new AtomicInteger();

  /** How many there are. Any thread. */
  public int clients() {
    return clients.get();
  }

  /**
   * Gives a client the time to take them; whoever calls closes once they are sent. On the client's
   * event loop.
   *
   * @param memoryFull whether there is no memory for new clients
   */
  public void await(Channel client, BooleanSupplier memoryFull) {
    if (ChannelOps.pending(client) > 0) {
      new Wait(client, memoryFull).begin();
    }
  }

  private final class Wait implements Runnable {
    private final Channel client;
    private final BooleanSupplier memoryFull;
    private long untaken;
    private Duration idle = Duration.ZERO;
    private ScheduledFuture<?> look;

    Wait(Channel client, BooleanSupplier memoryFull) {
      this.client = client;
      this.memoryFull = memoryFull;
      this.untaken = ChannelOps.pending(client);
      this.look =
          client
              .eventLoop()
              .scheduleAtFixedRate(this, LOOK.toNanos(), LOOK.toNanos(), TimeUnit.NANOSECONDS);
    }

    void begin() {
      clients.incrementAndGet();
      // It is written after all others, or fails with them.
      client.writeAndFlush(ChannelOps.nothing()).addListener(_ -> end());
    }

    @Override
    public void run() {
      long now = ChannelOps.pending(client);
      idle = now < untaken ? Duration.ZERO : idle.plus(LOOK);
      untaken = now;
      Duration patience = memoryFull.getAsBoolean() ? PATIENCE_WITHOUT_MEMORY : PATIENCE;
      if (idle.compareTo(patience) >= 0) {
        client.close();
      }
    }

    private void end() {
      clients.decrementAndGet();
      look.cancel(false);
    }
  }
}
