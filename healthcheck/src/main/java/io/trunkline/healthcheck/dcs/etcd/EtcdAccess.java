package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.routing.MonotonicClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's etcd, for keys that are not Patroni's. Every request goes to the endpoint that
 * answered last; where it fails, or has not answered soon, the next one is asked as well.
 *
 * <p>No call blocks. Clients are made, and requests sent, on a thread of its own.
 */
final class EtcdAccess implements AutoCloseable {
  private static final Duration HEDGE = Duration.ofMillis(300);
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration REWATCH = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofMillis(1500);

  private final ScheduledExecutorService thread;
  private final ExecutorService workers;
  private final Optional<ClientTls> tls;
  private final List<EtcdLink> endpoints;
  private final ByteSequence prefix;
  private Runnable changed = () -> {};
  private Watch.@Nullable Watcher watcher;
  private int watched;
  private long watchedAt = System.nanoTime() - REWATCH.toNanos();
  private int current;

  /**
   * @param cluster one that has etcd
   * @param name of the threads
   * @param prefix of the keys to watch
   */
  EtcdAccess(ClusterConfig cluster, String name, String prefix) {
    EtcdConfig config =
        cluster
            .etcd()
            .orElseThrow(() -> new IllegalArgumentException(cluster.name() + " has no etcd"));
    this.thread =
        Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("etcd-" + name, true));
    this.workers =
        Executors.newCachedThreadPool(new DefaultThreadFactory("etcd-work-" + name, true));
    this.tls = EtcdSource.tls(config, Optional.empty());
    EtcdClients clients = new EtcdClients(config, tls, workers, new MonotonicClock());
    this.endpoints = config.hosts().stream().map(clients::link).toList();
    this.prefix = EtcdLink.utf8(prefix);
  }

  /**
   * Asks one endpoint after the other until one answers; fails after a second, with the reason as
   * the exception's message.
   *
   * @param request may be sent more than once, to several endpoints at the same time
   */
  <T> CompletableFuture<T> call(Function<Client, CompletableFuture<T>> request) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      thread.execute(() -> new Call<>(request, answer).next());
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new IOException("closed"));
    }
    return answer.orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Calls that, on any thread, whenever one of the keys has changed, as far as it is noticed. */
  void watch(Runnable whenChanged) {
    thread.execute(() -> changed = whenChanged);
  }

  /** What was sent before still leaves, if etcd takes it soon. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      boolean sent = thread.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
      if (sent) {
        Thread.sleep(HEDGE); // a revocation is on its way
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    endpoints.forEach(EtcdLink::close);
    workers.shutdownNow();
  }

  /** Runs on the thread before each request: a watch that has ended begins again, after a while. */
  private void watchCurrent() {
    boolean stands = watcher != null && watched == current;
    if (stands || System.nanoTime() - watchedAt < REWATCH.toNanos()) {
      return;
    }
    watchedAt = System.nanoTime();
    if (watcher != null) {
      watcher.close();
    }
    watched = current;
    int mine = current;
    watcher =
        endpoints
            .get(current)
            .connection()
            .client()
            .getWatchClient()
            .watch(
                prefix,
                WatchOption.builder().isPrefix(true).withRequireLeader(true).build(),
                Watch.listener(_ -> changed.run(), _ -> ended(mine), () -> ended(mine)));
    // What changed between the last watch and this one was not told.
    changed.run();
  }

  private void ended(int endpoint) {
    run(
        () -> {
          if (watched == endpoint) {
            watcher = null;
          }
        });
  }

  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  /** One request, on its way through the endpoints. */
  private final class Call<T> {
    private final Function<Client, CompletableFuture<T>> request;
    private final CompletableFuture<T> answer;
    private final int first = current;
    private int asked;
    private int open;
    private boolean again;
    private String failure = "no answer in time";

    Call(Function<Client, CompletableFuture<T>> request, CompletableFuture<T> answer) {
      this.request = request;
      this.answer = answer;
    }

    void next() {
      if (answer.isDone() || asked == endpoints.size()) {
        return;
      }
      int index = (first + asked++) % endpoints.size();
      open++;
      try {
        refreshTls();
        if (index == current) {
          watchCurrent();
        }
        endpoints
            .get(index)
            .ask(request, LIMIT, EtcdAccess.this::run, (value, no) -> done(index, value, no));
        if (!thread.isShutdown()) {
          var _ = thread.schedule(this::next, HEDGE.toMillis(), TimeUnit.MILLISECONDS);
        }
      } catch (IOException | RuntimeException e) {
        failed(EtcdLink.describe(e));
      }
    }

    private void refreshTls() throws IOException {
      tls.ifPresent(ClientTls::refresh);
      Optional<String> broken = tls.flatMap(ClientTls::failure);
      if (broken.isPresent()) {
        throw new IOException(broken.get());
      }
    }

    private void done(int index, @Nullable T value, EtcdLink.@Nullable Failure failed) {
      if (failed == null) {
        open--;
        current = answer.isDone() ? current : index;
        answer.complete(value);
        return;
      }
      if (failed.again() && !again) {
        again = true;
        asked--;
      }
      failed(failed.reason());
    }

    private void failed(String reason) {
      open--;
      failure = reason;
      next();
      if (open == 0) {
        answer.completeExceptionally(new IOException(failure));
      }
    }
  }
}
