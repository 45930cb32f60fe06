package io.trunkline.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.LingeringClients;
import io.trunkline.proxy.stats.KeptStats.Census;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.Fence;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import java.net.InetAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop, and the way routing tables reach them. Everything but {@link
 * #publish} happens on that loop.
 */
public final class SessionLoop {
  private final EventLoop loop;
  private final Executor urgent;
  private final int loops;
  private final Set<InetAddress> lost;
  private final LingeringClients lastBytes;
  private final Set<Channel> awaitingHeader = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<ListenerContext, Audience> audiences = new IdentityHashMap<>();
  private final AtomicInteger sessions = new AtomicInteger();
  private @Nullable ScheduledFuture<?> census;
  private long nextId;

  /** The sessions of one listener, and what they were told last that could end or stop them. */
  private static final class Audience {
    /** In the order in which they came. */
    private final Set<Session> sessions = new LinkedHashSet<>();

    private Fence.@Nullable Input told;

    /** A copy: sessions that end remove themselves. */
    List<Session> all() {
      return List.copyOf(sessions);
    }
  }

  /**
   * @param loop Netty's
   * @param urgent runs on that loop what cannot wait for its input and output
   * @param number which of the loops this is, from 1 on
   * @param loops how many there are: no two give a session the same number
   * @param lost the addresses of this node through which nobody is served
   * @param lastBytes the clients of all loops that have still to take something
   */
  public SessionLoop(
      EventLoop loop,
      Executor urgent,
      int number,
      int loops,
      Set<InetAddress> lost,
      LingeringClients lastBytes) {
    this.loop = loop;
    this.urgent = urgent;
    this.nextId = number;
    this.loops = loops;
    this.lost = lost;
    this.lastBytes = lastBytes;
  }

  /** The addresses of this node through which nobody is served. */
  public Set<InetAddress> lost() {
    return lost;
  }

  /** The clients of all loops that have still to take something. */
  LingeringClients lastBytes() {
    return lastBytes;
  }

  /** A connection has come that is no session before its PROXY protocol header has come. */
  public void headerAwaited(Channel client) {
    assert loop.inEventLoop();
    awaitingHeader.add(client);
  }

  /** Its header has come, or will not. */
  public void headerOver(Channel client) {
    assert loop.inEventLoop();
    awaitingHeader.remove(client);
  }

  /** Ends the connections that have come through those addresses and are no session yet. */
  public void endAwaitingHeader(Set<InetAddress> through) {
    assert loop.inEventLoop();
    List.copyOf(awaitingHeader).stream()
        .filter(client -> through.contains(ChannelOps.localAddress(client)))
        .forEach(client -> client.pipeline().fireUserEventTriggered(SessionEnd.VIP_LOST));
  }

  /** Netty's. */
  public EventLoop eventLoop() {
    return loop;
  }

  /** Takes it in, and gives it its number. */
  long add(Session session, ListenerContext context) {
    assert loop.inEventLoop();
    audiences.computeIfAbsent(context, _ -> new Audience()).sessions.add(session);
    if (census == null && context.backends().keepsSessions()) {
      census = loop.scheduleAtFixedRate(this::count, 1, 1, TimeUnit.SECONDS);
    }
    sessions.incrementAndGet();
    long id = nextId;
    nextId += loops;
    return id;
  }

  void remove(Session session, ListenerContext context) {
    assert loop.inEventLoop();
    sessions.decrementAndGet();
    audiences.computeIfPresent(
        context,
        (_, audience) -> {
          audience.sessions.remove(session);
          return audience.sessions.isEmpty() ? null : audience;
        });
    if (!audiences.containsKey(context)) {
      context.stats().kept().counted(this, Census.NONE);
    }
  }

  /** Counts the sessions that would go on without their member, and moves some. */
  private void count() {
    for (ListenerContext context : List.copyOf(audiences.keySet())) {
      Audience audience = audiences.get(context);
      if (audience != null && context.backends().keepsSessions()) {
        context.stats().kept().counted(this, census(audience));
        context.config().rebalance().ifPresent(rate -> rebalance(context, audience, rate));
      }
    }
    if (audiences.isEmpty() && census != null) {
      census.cancel(false);
      census = null;
    }
  }

  /**
   * Moves sessions to better members.
   *
   * @param rate how many per second, on all loops together
   */
  private void rebalance(ListenerContext context, Audience audience, int rate) {
    Optional<RoutingTable> table = context.cluster().cell().current();
    if (table.isEmpty()) {
      return;
    }
    Map<String, Integer> surplus =
        new HashMap<>(context.backends().picker().surplus(table.get(), context.stats().sessions()));
    surplus.replaceAll((_, count) -> (count + loops - 1) / loops);
    int left = rate / loops + (ThreadLocalRandom.current().nextInt(loops) < rate % loops ? 1 : 0);
    for (Session session : surplus.isEmpty() ? List.<Session>of() : audience.all()) {
      String member = session.member().orElse("");
      int over = surplus.getOrDefault(member, 0);
      if (left > 0 && over > 0 && session.move()) {
        surplus.put(member, over - 1);
        left--;
      }
    }
  }

  private static Census census(Audience audience) {
    int kept = 0;
    Map<Pinned, Integer> pinned = new EnumMap<>(Pinned.class);
    for (Session session : audience.sessions) {
      SessionInfo.Keep keep = session.keep();
      if (keep.wanted() && keep.pinned().isEmpty()) {
        kept++;
      }
      keep.pinned().ifPresent(reason -> pinned.merge(reason, 1, Integer::sum));
    }
    return new Census(kept, pinned);
  }

  /**
   * Called by the writer of the routing tables; wakes the loop only when it has sessions. Every
   * table is applied, in order: a member that was the primary only in between counts, too. The
   * future tells how many sessions ended because their member has been superseded.
   */
  public CompletableFuture<Integer> publish(RoutingCell cell, RoutingTable table) {
    return sessions.get() > 0
        ? CompletableFuture.supplyAsync(() -> apply(cell, table), urgent)
        : CompletableFuture.completedFuture(0);
  }

  private int apply(RoutingCell cell, RoutingTable table) {
    int superseded = 0;
    for (ListenerContext context : List.copyOf(audiences.keySet())) {
      Audience audience = audiences.get(context);
      if (audience == null || !context.cluster().cell().equals(cell)) {
        continue;
      }
      Fence.Input input = Fence.Input.of(table, context.backends().picker());
      boolean news = !input.equals(audience.told);
      audience.told = input;
      for (Session session : audience.all()) {
        if (news || session.queued()) {
          guarded(session, each -> each.onTable(table, input));
          superseded += session.endedAs(SessionEnd.SUPERSEDED) ? 1 : 0;
        }
      }
    }
    return superseded;
  }

  /** Runs on every session of all clusters. */
  public void eachSession(Consumer<Session> action) {
    assert loop.inEventLoop();
    List.copyOf(audiences.values())
        .forEach(audience -> audience.all().forEach(session -> guarded(session, action)));
  }

  SessionList list(SessionFilter filter, int limit) {
    assert loop.inEventLoop();
    SessionList.Collector collector = new SessionList.Collector(filter, limit);
    audiences
        .values()
        .forEach(of -> of.sessions.forEach(session -> collector.add(session.describe())));
    return collector.list();
  }

  /** One session that fails must not keep the others from being fenced, whatever is thrown. */
  private static void guarded(Session session, Consumer<Session> action) {
    try {
      action.accept(session);
    } catch (Throwable e) {
      abandon(session);
    }
  }

  private static void abandon(Session session) {
    try {
      session.abandon();
    } catch (Throwable e) {
      // It has left its member before anything else.
    }
  }
}
