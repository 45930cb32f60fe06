package io.trunkline.proxy.tls;

import io.trunkline.config.ListenerConfig;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TlsWatcher.News;
import io.trunkline.config.Validity;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The certificates of all listeners; looked at every few seconds, on a thread of their own. */
public final class Certificates implements AutoCloseable {
  private static final long LOOK_SECONDS = 5;

  /** For connections that are not sessions yet; sessions say how long they are there. */
  private static final Duration RETIREMENT = Duration.ofSeconds(60);

  /**
   * One listener's.
   *
   * @param section of the listener, that names the files
   */
  private record Owned(String listener, String section, Contexts contexts) {}

  private final EventSink events;
  private final InstantSource clock;
  private final Duration retirement;
  private final List<Owned> all = new CopyOnWriteArrayList<>();
  private boolean watching;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificates").factory());

  /**
   * @param events is told of certificates that were renewed, or could not be
   * @param clock the time
   */
  public Certificates(EventSink events, InstantSource clock) {
    this(events, clock, RETIREMENT);
  }

  /**
   * @param retirement after which what nobody uses any more is freed
   */
  public Certificates(EventSink events, InstantSource clock, Duration retirement) {
    this.events = events;
    this.clock = clock;
    this.retirement = retirement;
  }

  /** The TLS with clients that ends at that listener, if it does. */
  public Optional<ServerTls> serverTls(ListenerConfig listener) {
    return listener.tls().mode() == TlsConfig.Mode.TERMINATE
        ? Optional.of(own(listener, "tls", new ServerTls(listener.tls())))
        : Optional.empty();
  }

  /** The TLS that this listener opens to members, if it does. */
  public Optional<BackendTls> backendTls(ListenerConfig listener) {
    return listener.backendTls().mode() == SslMode.DISABLE
        ? Optional.empty()
        : Optional.of(own(listener, "backend_tls", new BackendTls(listener.backendTls())));
  }

  private <T extends Contexts> T own(ListenerConfig listener, String section, T contexts) {
    all.add(new Owned(listener.name(), section, contexts));
    return contexts;
  }

  /**
   * Reads them all, and from now on again when they change.
   *
   * @throws IOException naming the listener, the file, and what is wrong with it
   */
  public synchronized void start() throws IOException {
    for (Owned owned : all) {
      switch (owned.contexts().watcher().look()) {
        case News.Refused(String why, boolean inUse) when !inUse ->
            throw new IOException(
                "listener %s: %s: %s".formatted(owned.listener(), owned.section(), why));
        case News news -> tell(owned, news);
      }
    }
    if (!all.isEmpty() && !watching) {
      watching = true;
      var _ =
          watch.scheduleWithFixedDelay(
              () -> all.forEach(it -> tell(it, it.contexts().watcher().look())),
              LOOK_SECONDS,
              LOOK_SECONDS,
              TimeUnit.SECONDS);
    }
  }

  /**
   * Follows their files no more: their listener has others. They are freed once nobody can be about
   * to use them, which a session that waits for a member is for as long as it waits.
   */
  public void retire(Optional<ServerTls> server, Optional<BackendTls> backend) {
    List<Owned> retired =
        all.stream()
            .filter(
                it ->
                    server.filter(it.contexts()::equals).isPresent()
                        || backend.filter(it.contexts()::equals).isPresent())
            .toList();
    all.removeAll(retired);
    freeLater(retired);
  }

  private void freeLater(List<Owned> retired) {
    if (!retired.isEmpty()) {
      var _ = watch.schedule(() -> free(retired), retirement.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void free(List<Owned> retired) {
    List<Owned> used = retired.stream().filter(it -> it.contexts().inUse()).toList();
    retired.stream().filter(it -> !used.contains(it)).forEach(it -> it.contexts().close());
    freeLater(used);
  }

  /** Until when the certificates are valid that are in use. */
  public List<Validity> validities() {
    return all.stream().flatMap(it -> it.contexts().watcher().validities().stream()).toList();
  }

  private void tell(Owned owned, News news) {
    switch (news) {
      case News.None _ -> {}
      case News.Renewed _ ->
          events.emit(
              Event.of(
                  clock.instant(), EventName.CERTIFICATES_RENEWED, "listener", owned.listener()));
      case News.Refused refused ->
          events.emit(
              Event.of(
                  clock.instant(),
                  EventName.CERTIFICATES_NOT_RENEWED,
                  "listener",
                  owned.listener(),
                  "why",
                  owned.section() + ": " + refused.why()));
    }
  }

  /** When no connection uses them any more. */
  @Override
  public void close() {
    watch.shutdownNow();
    watch.close();
    all.forEach(owned -> owned.contexts().close());
  }
}
