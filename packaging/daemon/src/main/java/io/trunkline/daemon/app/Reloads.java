package io.trunkline.daemon.app;

import io.trunkline.config.ConfigChanges;
import io.trunkline.config.ConfigChanges.Change;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.Problem;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.daemon.status.LastReload;
import io.trunkline.daemon.status.ReloadAnswer;
import io.trunkline.routing.EventName;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Reads the configuration again when somebody asks and has the daemon go over to it. */
final class Reloads implements AutoCloseable {
  private final Daemon daemon;
  private final Supplier<ConfigResult> file;
  private final InstantSource clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("reload").factory());

  private volatile LastReload last;

  /**
   * @param file reads and validates it
   */
  Reloads(Daemon daemon, Supplier<ConfigResult> file, InstantSource clock) {
    this.daemon = daemon;
    this.file = file;
    this.clock = clock;
    this.last = LastReload.applied(clock.instant());
  }

  /** How the file was read last; by the start if not since. */
  LastReload last() {
    return last;
  }

  /** Does it, after those that were asked for before. */
  CompletableFuture<ReloadAnswer> reload(String by) {
    return CompletableFuture.supplyAsync(() -> now(by), thread);
  }

  private ReloadAnswer now(String by) {
    return switch (file.get()) {
      case ConfigResult.Invalid invalid -> {
        last = last.failed();
        for (Problem problem : invalid.problems()) {
          daemon.emit(EventName.RELOAD_REFUSED, "by", by, "problem", problem);
        }
        yield new ReloadAnswer(
            false,
            List.of(),
            List.of(),
            invalid.problems().stream().map(Problem::toString).toList(),
            "");
      }
      case ConfigResult.Valid valid -> apply(valid.config(), by);
    };
  }

  private ReloadAnswer apply(TrunklineConfig next, String by) {
    List<Change> changes = ConfigChanges.between(daemon.config(), next);
    List<String> words = changes.stream().map(Change::toString).toList();
    List<String> later = changes.stream().filter(Change::needsRestart).map(Change::field).toList();
    try {
      daemon.apply(next);
    } catch (IOException e) {
      last = last.failed();
      String why = String.valueOf(e.getMessage());
      daemon.emit(EventName.RELOAD_FAILED, "by", by, "why", why);
      return new ReloadAnswer(false, words, List.of(), List.of(), why);
    }
    last = LastReload.applied(clock.instant());
    daemon.emit(EventName.RELOADED, "by", by, "changes", String.join("; ", words));
    if (!later.isEmpty()) {
      daemon.emit(EventName.RESTART_NEEDED, "for", String.join(", ", later));
    }
    return new ReloadAnswer(true, words, later, List.of(), "");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
