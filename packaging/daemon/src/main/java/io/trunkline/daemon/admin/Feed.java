package io.trunkline.daemon.admin;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.daemon.status.ClusterReport;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.daemon.status.StatusReport;
import io.trunkline.daemon.status.StatusReporter;
import io.trunkline.daemon.status.VipReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What those who follow live are sent. The status is written once for all of them: at each interval
 * if it differs, and at once when where writes go, this node's phase or a VIP has changed. Belongs
 * to the admin event loop; nothing runs while nobody follows.
 */
final class Feed {
  private static final String TYPE = "text/event-stream; charset=utf-8";

  private final StatusReporter reporter;
  private final EventHistory history;
  private final BiConsumer<String, RuntimeException> defects;
  private final Pace pace;
  private final Set<FeedReader> readers = new LinkedHashSet<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile @Nullable EventExecutor loop;
  private @Nullable ScheduledFuture<?> next;
  private @Nullable StatusReport last;
  private FeedReader.Status status = new FeedReader.Status(0, "");
  private long statusAt;
  private long turnedAt;

  /**
   * How many and how often.
   *
   * @param readers at a time
   * @param status between two statuses, unless something important has changed
   * @param gap between two writes, whatever happens
   * @param beat after which a comment is sent if nothing else was
   * @param patience how long a reader may take nothing
   * @param backlog events that a new reader gets
   */
  record Pace(
      int readers, Duration status, Duration gap, Duration beat, Duration patience, int backlog) {
    static final Pace DEFAULT =
        new Pace(
            16,
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            200);
  }

  /** What is never kept back. */
  private record Headline(
      String phase, List<ClusterReport.@Nullable WriteReport> writes, List<String> vips) {
    static Headline of(StatusReport report) {
      List<ClusterReport.@Nullable WriteReport> writes = new ArrayList<>();
      report.clusters().forEach(cluster -> writes.add(cluster.write()));
      return new Headline(
          report.phase(), writes, report.vips().stream().map(VipReport::state).toList());
    }
  }

  /**
   * @param defects is told the path and what went wrong when a status could not be made
   */
  Feed(
      StatusReporter reporter,
      EventHistory history,
      Pace pace,
      BiConsumer<String, RuntimeException> defects) {
    this.reporter = reporter;
    this.history = history;
    this.pace = pace;
    this.defects = defects;
    history.subscribe(this::wake);
  }

  /** {@code /api/v1/stream}: the status and the events as they come, as server-sent events. */
  AdminResponse show(AdminRequest request) {
    if (request.method().equals("HEAD")) {
      return AdminResponse.of(TYPE, "");
    }
    if (readers.size() >= pace.readers()) {
      return AdminResponse.text(
          503,
          "%d clients follow already, which is the limit; use /api/v1/status instead"
              .formatted(readers.size()));
    }
    long since = request.header("last-event-id").map(Feed::number).orElse(0L);
    // Some reverse proxies keep an answer back until it is complete, unless told not to.
    return AdminResponse.stream(TYPE, channel -> join(channel, since))
        .with("x-accel-buffering", "no");
  }

  /** What a browser says it saw last; from the beginning if that is no number. */
  private static long number(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * Sends that client everything from now on, until it goes.
   *
   * @param seen the number of the last event that it has
   */
  private void join(Channel channel, long seen) {
    loop = channel.eventLoop();
    long newest = history.last();
    long from = seen > newest ? 0 : seen;
    FeedReader reader =
        new FeedReader(channel, pace, Math.max(from, newest - pace.backlog()), System.nanoTime());
    readers.add(reader);
    channel.closeFuture().addListener(_ -> leave(reader));
    last = null;
    turn();
  }

  private void leave(FeedReader reader) {
    readers.remove(reader);
    if (readers.isEmpty() && next != null) {
      next.cancel(false);
    }
  }

  /** Something was told. Any thread. */
  private void wake() {
    EventExecutor on = loop;
    if (on != null && woken.compareAndSet(false, true)) {
      try {
        on.execute(() -> turnIn(pace.gap().toNanos() - (System.nanoTime() - turnedAt)));
      } catch (RejectedExecutionException e) {
        // The daemon stops, and with it the loop: nobody follows any more.
      }
    }
  }

  private void turnIn(long nanos) {
    if (next != null) {
      next.cancel(false);
    }
    EventExecutor on = loop;
    if (readers.isEmpty() || on == null) {
      woken.set(false);
    } else {
      next = on.schedule(this::turn, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
  }

  private void turn() {
    woken.set(false);
    turnedAt = System.nanoTime();
    try {
      look(turnedAt);
      List.copyOf(readers).forEach(reader -> reader.tell(status, history, turnedAt));
    } catch (RuntimeException e) {
      defects.accept("/api/v1/stream", e);
      List.copyOf(readers).forEach(FeedReader::dismiss);
    }
    turnIn(pace.status().toNanos());
  }

  private void look(long now) {
    StatusReport report = reporter.report();
    StatusReport before = last;
    boolean due =
        before == null
            || now - statusAt >= pace.status().toNanos()
            || !Headline.of(report).equals(Headline.of(before));
    if (due && (before == null || !report.sameAs(before))) {
      last = report;
      statusAt = now;
      status = new FeedReader.Status(status.number() + 1, StatusJson.write(report));
    }
  }
}
