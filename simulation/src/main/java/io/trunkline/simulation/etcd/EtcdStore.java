package io.trunkline.simulation.etcd;

import io.trunkline.healthcheck.dcs.Entry;
import io.trunkline.simulation.time.Scheduler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * etcd's keys with their revisions, its leases, and the history that watches are served from until
 * it is compacted (etcd documentation: "Data model", "Lease API").
 */
public final class EtcdStore {
  private final Scheduler scheduler;
  private final TreeMap<String, Stored> keys = new TreeMap<>();
  private final TreeMap<Long, Lease> leases = new TreeMap<>();
  private final List<Change> history = new ArrayList<>();
  private final Set<EtcdWatchStream> watches = new LinkedHashSet<>();
  private final List<Consumer<Change>> observers = new ArrayList<>();
  private long revision = 1;
  private long compacted;
  private long nextLease = 1000;

  /**
   * A key.
   *
   * @param lease 0: none
   */
  public record Stored(String value, long createRevision, long modRevision, long lease) {
    Entry entry() {
      return Entry.of(value.getBytes(StandardCharsets.UTF_8), createRevision, modRevision);
    }
  }

  /**
   * What has happened to a key.
   *
   * @param stored empty: it was deleted
   */
  public record Change(long revision, String key, Optional<Stored> stored) {}

  private static final class Lease {
    private final long ttl;
    private final Set<String> keys = new TreeSet<>();
    private long expiresAt;

    Lease(long ttl, long now) {
      this.ttl = ttl;
      this.expiresAt = now + ttl;
    }
  }

  EtcdStore(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Is told of every change as it is made: the simulation itself, which knows everything. */
  public void observe(Consumer<Change> observer) {
    observers.add(observer);
  }

  /** The newest revision. */
  public long revision() {
    return revision;
  }

  /** That key, if it is there. */
  public Optional<Stored> get(String key) {
    return Optional.ofNullable(keys.get(key));
  }

  /** The keys with that prefix. */
  public SortedMap<String, Stored> under(String prefix) {
    return keys.subMap(prefix, prefix + Character.MAX_VALUE);
  }

  /**
   * Puts a key.
   *
   * @param lease that it is bound to; 0: none
   * @return whether it was: not if there is no such lease
   */
  public boolean put(String key, String value, long lease) {
    if (lease != 0 && !leases.containsKey(lease)) {
      return false;
    }
    Stored before = keys.get(key);
    unbind(key, before);
    revision++;
    Stored stored =
        new Stored(value, before == null ? revision : before.createRevision(), revision, lease);
    keys.put(key, stored);
    if (lease != 0) {
      leases.get(lease).keys.add(key);
    }
    add(new Change(revision, key, Optional.of(stored)));
    return true;
  }

  /** Deletes a key; whether it was there. */
  public boolean delete(String key) {
    Stored before = keys.remove(key);
    if (before == null) {
      return false;
    }
    unbind(key, before);
    revision++;
    add(new Change(revision, key, Optional.empty()));
    return true;
  }

  private void unbind(String key, @Nullable Stored before) {
    if (before != null && leases.containsKey(before.lease())) {
      leases.get(before.lease()).keys.remove(key);
    }
  }

  private void add(Change change) {
    history.add(change);
    observers.forEach(observer -> observer.accept(change));
  }

  // Leases.

  /** A new lease of so many nanoseconds. */
  public long grant(long ttl) {
    long id = nextLease++;
    leases.put(id, new Lease(ttl, scheduler.now()));
    return id;
  }

  /** Renews it; whether it was there. */
  public boolean keepAlive(long lease) {
    Lease found = leases.get(lease);
    if (found == null) {
      return false;
    }
    found.expiresAt = scheduler.now() + found.ttl;
    return true;
  }

  /** Whether it is there. */
  boolean has(long lease) {
    return leases.containsKey(lease);
  }

  /** Ends it, and with it all its keys. */
  public void revoke(long lease) {
    Lease found = leases.remove(lease);
    if (found != null) {
      Set.copyOf(found.keys).stream().sorted().forEach(this::delete);
    }
  }

  void expireLeases() {
    for (Map.Entry<Long, Lease> each : List.copyOf(leases.entrySet())) {
      if (each.getValue().expiresAt <= scheduler.now()) {
        revoke(each.getKey());
      }
    }
  }

  void renewAllLeases() {
    leases.values().forEach(lease -> lease.expiresAt = scheduler.now() + lease.ttl);
  }

  // Watches.

  /** Forgets the history so far: watches that are behind end. */
  public void compact() {
    compacted = revision;
    history.removeIf(change -> change.revision() <= revision - 1);
  }

  void add(EtcdWatchStream watch) {
    watches.add(watch);
  }

  void deliver(EtcdCluster cluster) {
    watches.removeIf(EtcdWatchStream::over);
    for (EtcdWatchStream watch : List.copyOf(watches)) {
      watch.deliver(cluster, this);
    }
  }

  /** Whether that moment is still to come. */
  boolean stalled(long until) {
    return scheduler.now() < until;
  }

  /** Whether changes from that revision on are still known. */
  boolean knowsFrom(long from) {
    return from >= compacted;
  }

  /** The changes from that revision on. */
  List<Change> since(long from) {
    int begin = history.size();
    while (begin > 0 && history.get(begin - 1).revision() >= from) {
      begin--;
    }
    return List.copyOf(history.subList(begin, history.size()));
  }

  /** Tells those who watch at that member nothing until then; their connections stay. */
  public void stallWatches(int member, long until) {
    watches.forEach(watch -> watch.stall(member, until));
  }

  /** Tells those who watch at that member nothing any more; their connections stay. */
  public void muteWatches(int member) {
    stallWatches(member, scheduler.now() + TimeUnit.DAYS.toNanos(1));
  }

  /** Ends the watches at that member. */
  public void breakWatches(EtcdCluster cluster, int member) {
    for (EtcdWatchStream watch : List.copyOf(watches)) {
      watch.breakAt(cluster, member);
    }
  }
}
