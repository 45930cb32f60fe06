package io.trunkline.healthcheck.common;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Host names to addresses, by the operating system's resolver, off the loop. An address that was
 * found once is used until a newer one is found: a name service that is down stops nothing.
 */
public final class Hosts {
  private static final Duration FRESH = Duration.ofSeconds(30);

  private final Executor loop;
  private final Executor workers;
  private final InstantSource clock;
  private final Map<String, Name> names = new HashMap<>();

  public Hosts(Executor loop, Executor workers, InstantSource clock) {
    this.loop = loop;
    this.workers = workers;
    this.clock = clock;
  }

  /** Takes the addresses, at least one, or why there are none; on the loop. */
  public interface Found {
    void on(List<InetAddress> addresses, @Nullable String failure);
  }

  public void find(String host, Found found) {
    InetAddress numeric = numeric(host);
    if (numeric != null) {
      found.on(List.of(numeric), null);
    } else {
      names.computeIfAbsent(host, Name::new).find(found);
    }
  }

  private static @Nullable InetAddress numeric(String host) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** One name: looked up by one thread at a time. */
  private final class Name {
    private final String host;
    private final List<Found> waiting = new ArrayList<>();
    private List<InetAddress> addresses = List.of();
    private Instant foundAt = Instant.MIN;
    private boolean looking;

    Name(String host) {
      this.host = host;
    }

    public void find(Found found) {
      if (addresses.isEmpty()) {
        waiting.add(found);
      } else {
        found.on(addresses, null);
      }
      if (!looking && foundAt.isBefore(clock.instant().minus(FRESH))) {
        looking = true;
        workers.execute(this::look);
      }
    }

    private void look() {
      try {
        List<InetAddress> all = List.of(InetAddress.getAllByName(host));
        loop.execute(() -> looked(all, null));
      } catch (UnknownHostException e) {
        loop.execute(() -> looked(List.of(), "no address for " + host));
      }
    }

    private void looked(List<InetAddress> all, @Nullable String failure) {
      looking = false;
      if (failure == null) {
        addresses = all;
        foundAt = clock.instant();
      }
      List<Found> told = List.copyOf(waiting);
      waiting.clear();
      told.forEach(found -> found.on(all, failure));
    }
  }
}
