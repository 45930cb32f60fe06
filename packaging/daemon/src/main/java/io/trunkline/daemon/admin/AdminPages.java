package io.trunkline.daemon.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.StatusReporter;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
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
  private final Map<String, RequestHandler> actions;

  /** Lists sessions and ends them. */
  public interface SessionControl {
    /** The oldest that are meant, at most so many. */
    CompletableFuture<SessionList> list(SessionFilter filter, int limit);

    /** Ends those that are meant; how many they were. */
    CompletableFuture<Integer> end(SessionFilter filter);
  }

  /**
   * @param ailment why the daemon does not work; empty while it does
   * @param metrics in Prometheus' text format
   * @param sessions lists and ends them
   * @param actions what else changes something, by path as {@link AdminRoutes} has it
   */
  public AdminPages(
      NodeFacts node,
      Supplier<Optional<String>> ailment,
      Supplier<String> metrics,
      EventHistory history,
      SessionControl sessions,
      Map<String, RequestHandler> actions) {
    this.node = node;
    this.ailment = ailment;
    this.metrics = metrics;
    this.history = history;
    this.sessions = sessions;
    this.actions = actions;
  }

  /**
   * Everything, by path.
   *
   * @param pace of those who follow live
   * @param defects is told the path and what went wrong when they cannot be told anything
   */
  AdminRoutes routes(Feed.Pace pace, BiConsumer<String, RuntimeException> defects) {
    StatusReporter status = new StatusReporter(node);
    Feed feed = new Feed(status, history, pace, defects);
    EventsPage events = new EventsPage(history, node.startedAt());
    SessionsPage list = new SessionsPage(sessions, node.clock());
    Map<String, RequestHandler> pages = new HashMap<>(new Dashboard(INDEX).byPath());
    pages.put("/livez", _ -> health("alive", ailment.get()));
    pages.put("/readyz", _ -> health("ready", node.readiness().get().obstacle()));
    pages.put("/metrics", _ -> AdminResponse.of(PROMETHEUS, metrics.get()).now());
    pages.put("/api/v1/status", _ -> AdminResponse.json(status.report()).now());
    pages.put("/api/v1/stream", request -> feed.show(request).now());
    pages.put("/api/v1/events", request -> events.show(request).now());
    pages.put("/api/v1/sessions", list::list);
    Map<String, RequestHandler> changes = new HashMap<>(actions);
    changes.put("/api/v1/sessions/end", list::end);
    return new AdminRoutes(pages, changes);
  }

  private static CompletableFuture<AdminResponse> health(String good, Optional<String> obstacle) {
    return AdminResponse.text(obstacle.isPresent() ? 503 : 200, obstacle.orElse(good)).now();
  }

  /** {@code /}: the live page for browsers, and the list of what there is for everybody else. */
  private static final class Dashboard {
    private final Asset page = Asset.of("index.html", "text/html");
    private final Asset style = Asset.of("dashboard.css", "text/css");
    private final Asset script = Asset.of("dashboard.js", "text/javascript");
    private final String list;

    /**
     * @param list what there is, as text
     */
    Dashboard(String list) {
      this.list = list;
    }

    Map<String, RequestHandler> byPath() {
      return Map.of(
          "/", request -> root(request).now(),
          "/dashboard.css", request -> style.answer(request).now(),
          "/dashboard.js", request -> script.answer(request).now());
    }

    private AdminResponse root(AdminRequest request) {
      boolean browser =
          request.header(HttpHeaderNames.ACCEPT).filter(it -> it.contains("text/html")).isPresent();
      AdminResponse answer =
          browser ? page.answer(request) : AdminResponse.of("text/plain; charset=utf-8", list);
      return answer.with("vary", "accept");
    }
  }
}
