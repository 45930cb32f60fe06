package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a watch. jetcd closes a watch for good on compaction, halt and loss of the leader,
 * and resumes it by itself otherwise: here any hitch ends it, and it says so once.
 */
final class EtcdWatch {
  private final Executor loop;
  private final Executor workers;
  private final Consumer<WatchResponse> events;
  private final Consumer<String> ended;
  private Watch.@Nullable Watcher watcher;
  private boolean over;

  /**
   * @param events takes responses, on the loop
   * @param ended is told why the watch ended, on the loop, unless it was closed
   */
  EtcdWatch(
      Executor loop, Executor workers, Consumer<WatchResponse> events, Consumer<String> ended) {
    this.loop = loop;
    this.workers = workers;
    this.events = events;
    this.ended = ended;
  }

  void open(EtcdEndpoint endpoint, long revision) {
    Watch.Listener listener =
        Watch.listener(
            response -> loop.execute(() -> onResponse(response)),
            error -> loop.execute(() -> end(EtcdLink.describe(error))),
            () -> loop.execute(() -> end("completed")));
    watcher = endpoint.watch(revision, listener);
  }

  void close() {
    over = true;
    Watch.Watcher closing = watcher;
    watcher = null;
    if (closing != null) {
      workers.execute(closing::close); // takes jetcd's lock
    }
  }

  private void onResponse(WatchResponse response) {
    if (!over) {
      events.accept(response);
    }
  }

  private void end(String reason) {
    if (!over) {
      close();
      ended.accept(reason);
    }
  }
}
