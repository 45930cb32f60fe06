package io.trunkline.packaging.admin;

import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.packaging.status.Readiness;
import io.trunkline.packaging.status.ReloadAnswer;
import io.trunkline.packaging.status.StatusJson;
import io.trunkline.packaging.status.StatusReporter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Everything that can be asked. */
public final class AdminPages {
  private static final String INDEX =
      """
      Trunkline

      /livez            200 while the daemon works
      /readyz           200 while this node serves its primary listeners
      /metrics          for Prometheus
      /api/v1/status    everything at once, as JSON
      /api/v1/events    what happened, as JSON; ?since=N for what came after event N
      /api/v1/sessions  who is connected, as JSON; ?user=NAME and others for some of them
      """;
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final NodeFacts node;
  private final Supplier<Optional<String>> ailment;
  private final Supplier<String> metrics;
  private final EventHistory history;
  private final SessionDesk sessions;
  private final Function<String, CompletableFuture<ReloadAnswer>> reload;

  /**
   * @param ailment why the daemon does not work; empty while it does
   * @param metrics in Prometheus' text format
   * @param sessions lists and ends them
   * @param reload reads the configuration again, at the wish of somebody of that name
   */
  public AdminPages(
      NodeFacts node,
      Supplier<Optional<String>> ailment,
      Supplier<String> metrics,
      EventHistory history,
      SessionDesk sessions,
      Function<String, CompletableFuture<ReloadAnswer>> reload) {
    this.reload = reload;
    this.sessions = sessions;
    this.node = node;
    this.ailment = ailment;
    this.metrics = metrics;
    this.history = history;
  }

  Map<String, Page> byPath() {
    StatusJson json = new StatusJson();
    StatusReporter status = new StatusReporter(node);
    return Map.of(
        "/", Page.of(_ -> AdminResponse.of("text/plain; charset=utf-8", INDEX)),
        "/livez", Page.of(_ -> alive()),
        "/readyz", Page.of(_ -> ready()),
        "/metrics", Page.of(_ -> AdminResponse.of(PROMETHEUS, metrics.get())),
        "/api/v1/status", Page.of(_ -> AdminResponse.json(200, json.write(status.report()))),
        "/api/v1/events", Page.of(new EventsPage(history, json)::show),
        "/api/v1/sessions", new SessionsPage(sessions, node.clock(), json)::list);
  }

  /** What changes something, by path. */
  Map<String, Page> changes() {
    StatusJson json = new StatusJson();
    return Map.of(
        "/api/v1/sessions/end", new SessionsPage(sessions, node.clock(), json)::end,
        "/api/v1/reload", new ReloadPage(reload, json)::perform);
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
