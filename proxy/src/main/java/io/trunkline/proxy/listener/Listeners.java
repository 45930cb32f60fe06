package io.trunkline.proxy.listener;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.session.SessionLoops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The listening sockets of this node. A socket belongs to its address, not to a name. */
public final class Listeners {
  private final EventLoopGroup group;
  private final SessionLoops loops;
  private volatile List<Listener> all = List.of();
  private boolean open;

  /** Port 0 is any free one: then the name tells two of them apart. */
  private record Place(HostPort bind, String name) {
    static Place of(ListenerConfig listener) {
      return new Place(listener.bind(), listener.bind().port() == 0 ? listener.name() : "");
    }
  }

  public Listeners(EventLoopGroup group, SessionLoops loops) {
    this.group = group;
    this.loops = loops;
  }

  /** All that are configured. */
  public List<Listener> all() {
    return all;
  }

  /** The first ones, not bound yet. */
  public synchronized void begin(List<ListenerContext> contexts) {
    all = contexts.stream().map(Listener::new).toList();
  }

  /**
   * Binds all that are not bound, or none.
   *
   * @param inherited what is bound already
   */
  public synchronized void bind(InheritedSockets inherited) throws IOException {
    try {
      for (Listener listener : all) {
        if (!listener.accepting()) {
          listener.bind(group, loops, inherited);
        }
      }
    } catch (IOException e) {
      all.forEach(Listener::stopAccepting);
      throw e;
    }
    open = true;
  }

  /** What is bound, by address. */
  public synchronized Map<HostPort, FileDescriptor> descriptors() {
    Map<HostPort, FileDescriptor> bound = new LinkedHashMap<>();
    for (Listener listener : all) {
      listener.descriptor().ifPresent(it -> bound.put(listener.context().config().bind(), it));
    }
    return bound;
  }

  /** Closes all sockets. */
  public synchronized void stopAccepting() {
    open = false;
    all.forEach(Listener::stopAccepting);
  }

  /**
   * Goes over to those contexts: an address that stays is never closed in between.
   *
   * @throws IOException naming the listener and why it cannot be bound; then everything is as it
   *     was
   */
  public synchronized void apply(List<ListenerContext> contexts) throws IOException {
    Map<Place, Listener> old = new LinkedHashMap<>();
    all.forEach(it -> old.put(Place.of(it.context().config()), it));
    List<Listener> next = new ArrayList<>();
    List<Listener> fresh = new ArrayList<>();
    Map<Listener, ListenerContext> changes = new LinkedHashMap<>();
    for (ListenerContext context : contexts) {
      Listener kept = old.remove(Place.of(context.config()));
      if (kept == null) {
        Listener listener = new Listener(context);
        fresh.add(listener);
        next.add(listener);
      } else {
        changes.put(kept, context);
        next.add(kept);
      }
    }
    if (open) {
      bind(fresh, old.values());
    }
    changes.forEach(Listener::serve);
    old.values().forEach(Listener::stopAccepting);
    all = List.copyOf(next);
  }

  /** Binds new ones while the obsolete ones still accept, unless their addresses overlap. */
  private void bind(List<Listener> fresh, Collection<Listener> obsolete) throws IOException {
    List<Listener> stopped = new ArrayList<>();
    try {
      for (Listener listener : fresh) {
        try {
          listener.bind(group, loops, InheritedSockets.none());
        } catch (IOException e) {
          List<Listener> rivals =
              obsolete.stream().filter(it -> it.accepting() && it.overlaps(listener)).toList();
          if (rivals.isEmpty()) {
            throw e;
          }
          rivals.forEach(Listener::stopAccepting);
          stopped.addAll(rivals);
          listener.bind(group, loops, InheritedSockets.none());
        }
      }
    } catch (IOException e) {
      fresh.forEach(Listener::stopAccepting);
      for (Listener listener : stopped) {
        listener.bind(group, loops, InheritedSockets.none());
      }
      throw e;
    }
  }
}
