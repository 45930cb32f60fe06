package io.trunkline.healthcheck.dcs.etcd;

import io.trunkline.healthcheck.dcs.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One member of etcd, as far as the keys of a cluster are concerned; keys are named without its
 * prefix. Used on the observer's loop, where every answer comes, too.
 */
public interface EtcdEndpoint {

  /** Takes an answer, or why there is none. */
  interface Reply {
    void on(@Nullable Answer answer, @Nullable String failure);
  }

  /**
   * Keys as a quorum has them.
   *
   * @param revision of etcd, when they were read
   */
  record Answer(long revision, Map<String, Entry> entries) {
    public Answer {
      entries = Map.copyOf(entries);
    }
  }

  /**
   * What a watch tells of one key.
   *
   * @param entry empty: it was deleted
   * @param revision of the change
   */
  record Change(String key, Optional<Entry> entry, long revision) {}

  /** Hears of changes. */
  interface Watcher {
    void onChanges(List<Change> changes);

    /** It tells nothing any more. */
    void onEnded(String reason);
  }

  /** For people. */
  String name();

  /** Whether a question is still open. */
  boolean busy();

  /** A linearizable read of one key. */
  void read(String key, Reply reply);

  /** A linearizable read of all keys. */
  void readAll(Reply reply);

  /**
   * Watches all keys from that revision on, as long as this member has a leader.
   *
   * @return ends it; does not block
   */
  Runnable watch(long revision, Watcher watcher);

  void close();
}
