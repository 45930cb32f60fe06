package io.trunkline.packaging.admin;

import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.packaging.status.Readiness;
import io.trunkline.packaging.status.StatusJson;
import io.trunkline.packaging.status.StatusReporter;
import java.util.Map;
import java.util.Optional;
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
      """;
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final NodeFacts node;
  private final Supplier<Optional<String>> ailment;
  private final Supplier<String> metrics;
  private final EventHistory history;

  /**
   * @param ailment why the daemon does not work; empty while it does
   * @param metrics in Prometheus' text format
   */
  public AdminPages(
      NodeFacts node,
      Supplier<Optional<String>> ailment,
      Supplier<String> metrics,
      EventHistory history) {
    this.node = node;
    this.ailment = ailment;
    this.metrics = metrics;
    this.history = history;
  }

  Map<String, Page> byPath() {
    StatusJson json = new StatusJson();
    StatusReporter status = new StatusReporter(node);
    return Map.of(
        "/", _ -> AdminResponse.of("text/plain; charset=utf-8", INDEX),
        "/livez", _ -> alive(),
        "/readyz", _ -> ready(),
        "/metrics", _ -> AdminResponse.of(PROMETHEUS, metrics.get()),
        "/api/v1/status", _ -> AdminResponse.json(200, json.write(status.report())),
        "/api/v1/events", new EventsPage(history, json));
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
