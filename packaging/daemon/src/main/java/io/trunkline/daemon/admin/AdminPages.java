package io.trunkline.daemon.admin;

import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.Readiness;
import io.trunkline.daemon.status.ReloadAnswer;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.daemon.status.StatusReporter;
import io.trunkline.daemon.status.UpgradeAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Everything that can be asked. */
public final class AdminPages {
  private static final String INDEX =
      """
      Trunkline. In a browser this is a live page.

      /livez            200 while the daemon works
      /readyz           200 while this node serves its primary listeners
      /metrics          for Prometheus
      /api/v1/status    everything at once, as JSON
      /api/v1/stream    the same and the events as they come, as server-sent events
      /api/v1/events    what happened, as JSON; ?since=N for what came after event N
      /api/v1/sessions  who is connected, as JSON; ?user=NAME and others for some of them
      """;
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final NodeFacts node;
  private final Supplier<Optional<String>> ailment;
  private final Supplier<String> metrics;
  private final EventHistory history;
  private final SessionControl sessions;
  private final Function<String, CompletableFuture<ReloadAnswer>> reload;
  private final Function<String, CompletableFuture<UpgradeAnswer>> upgrade;

  /**
   * @param ailment why the daemon does not work; empty while it does
   * @param metrics in Prometheus' text format
   * @param sessions lists and ends them
   * @param reload reads the configuration again, at the wish of somebody of that name
   * @param upgrade hands over to a new process, at the wish of somebody of that name
   */
  public AdminPages(
      NodeFacts node,
      Supplier<Optional<String>> ailment,
      Supplier<String> metrics,
      EventHistory history,
      SessionControl sessions,
      Function<String, CompletableFuture<ReloadAnswer>> reload,
      Function<String, CompletableFuture<UpgradeAnswer>> upgrade) {
    this.reload = reload;
    this.upgrade = upgrade;
    this.sessions = sessions;
    this.node = node;
    this.ailment = ailment;
    this.metrics = metrics;
    this.history = history;
  }

  /**
   * What can be read, by path.
   *
   * @param pace of those who follow live
   * @param defects is told the path and what went wrong when they cannot be told anything
   */
  Map<String, Page> byPath(Feed.Pace pace, BiConsumer<String, RuntimeException> defects) {
    StatusJson json = new StatusJson();
    StatusReporter status = new StatusReporter(node);
    Map<String, Page> pages = new HashMap<>(new Dashboard(INDEX).byPath());
    pages.put("/livez", Page.of(_ -> alive()));
    pages.put("/readyz", Page.of(_ -> ready()));
    pages.put("/metrics", Page.of(_ -> AdminResponse.of(PROMETHEUS, metrics.get())));
    pages.put("/api/v1/status", Page.of(_ -> AdminResponse.json(200, json.write(status.report()))));
    pages.put(
        "/api/v1/stream", Page.of(new StreamPage(new Feed(status, history, pace, defects))::show));
    pages.put("/api/v1/events", Page.of(new EventsPage(history, node.startedAt(), json)::show));
    pages.put("/api/v1/sessions", new SessionsPage(sessions, node.clock(), json)::list);
    return pages;
  }

  /** What changes something, by path. */
  Map<String, Page> changes() {
    StatusJson json = new StatusJson();
    return Map.of(
        "/api/v1/sessions/end", new SessionsPage(sessions, node.clock(), json)::end,
        "/api/v1/reload", new WishPage<>(reload, json)::perform,
        "/api/v1/upgrade", new WishPage<>(upgrade, json)::perform);
  }

  private AdminResponse alive() {
    return ailment
        .get()
        .map(why -> AdminResponse.text(503, why))
        .orElseGet(() -> AdminResponse.text(200, "alive"));
  }

  private AdminResponse ready() {
    Readiness readiness = node.readiness().get();
    return readiness
        .obstacle()
        .map(why -> AdminResponse.text(503, why))
        .orElseGet(() -> AdminResponse.text(200, "ready"));
  }
}
