package io.trunkline.healthcheck.dcs.etcd;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a watch. jetcd closes a watch for good on compaction, halt and loss of the leader,
 * and resumes it by itself otherwise: here any hitch ends it, and it says so once.
 */
final class EtcdWatch implements EtcdEndpoint.Watcher {
  private final Consumer<List<EtcdEndpoint.Change>> changes;
  private final Consumer<String> ended;
  private @Nullable Runnable closing;
  private boolean over;

  /**
   * @param changes takes changes
   * @param ended is told why the watch ended, unless it was closed
   */
  EtcdWatch(Consumer<List<EtcdEndpoint.Change>> changes, Consumer<String> ended) {
    this.changes = changes;
    this.ended = ended;
  }

  void open(EtcdEndpoint endpoint, long revision) {
    closing = endpoint.watch(revision, this);
  }

  void close() {
    over = true;
    Runnable close = closing;
    closing = null;
    if (close != null) {
      close.run();
    }
  }

  @Override
  public void onChanges(List<EtcdEndpoint.Change> told) {
    if (!over) {
      changes.accept(told);
    }
  }

  @Override
  public void onEnded(String reason) {
    if (!over) {
      close();
      ended.accept(reason);
    }
  }
}
