package io.trunkline.simulation.etcd;

import io.trunkline.simulation.time.SimulatedProcess;
import java.util.List;
import java.util.function.Consumer;

/**
 * A watch of all keys with a prefix, at one member, that demands a leader: what the member learns
 * is told, late or never, until the watch ends.
 */
final class EtcdWatchStream {
  private final SimulatedProcess process;
  private final String watcher;
  private final int member;
  private final String prefix;
  private final Consumer<List<EtcdStore.Change>> changes;
  private final Consumer<String> ended;
  private long next;
  private long stalledUntil;
  private boolean over;

  /**
   * @param process that watches
   * @param watcher its machine
   * @param next the first revision that it is to be told of
   */
  EtcdWatchStream(
      SimulatedProcess process,
      String watcher,
      int member,
      String prefix,
      long next,
      Consumer<List<EtcdStore.Change>> changes,
      Consumer<String> ended) {
    this.process = process;
    this.watcher = watcher;
    this.member = member;
    this.prefix = prefix;
    this.next = next;
    this.changes = changes;
    this.ended = ended;
  }

  /** It is not wanted any more. */
  void close() {
    over = true;
  }

  boolean over() {
    return over || process.dead();
  }

  void stall(int at, long until) {
    if (at == member) {
      stalledUntil = Math.max(stalledUntil, until);
    }
  }

  void breakAt(EtcdCluster cluster, int at) {
    if (at == member) {
      end(cluster, "UNAVAILABLE: the connection was closed");
    }
  }

  void deliver(EtcdCluster cluster, EtcdStore store) {
    if (over || store.stalled(stalledUntil)) {
      return;
    }
    if (cluster.dropsWatches(member)) {
      end(cluster, "etcdserver: no leader");
      return;
    }
    if (!cluster.serves(member) || !cluster.reaches(member, watcher)) {
      return;
    }
    if (!store.knowsFrom(next)) {
      end(cluster, "etcdserver: mvcc: required revision has been compacted");
      return;
    }
    if (next > store.revision()) {
      return;
    }
    List<EtcdStore.Change> news =
        store.since(next).stream().filter(change -> change.key().startsWith(prefix)).toList();
    next = store.revision() + 1;
    if (!news.isEmpty()) {
      cluster.tell(
          member,
          watcher,
          () -> {
            if (!over) {
              changes.accept(news);
            }
          });
    }
  }

  private void end(EtcdCluster cluster, String reason) {
    if (!over) {
      over = true;
      cluster.tell(member, watcher, () -> ended.accept(reason));
    }
  }
}
