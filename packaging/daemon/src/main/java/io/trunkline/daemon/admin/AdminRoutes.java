package io.trunkline.daemon.admin;

import io.trunkline.daemon.admin.RequestHandler.Refused;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which path is answered by what. What changes anything is only for trusted requests. */
final class AdminRoutes {
  private static final Pattern CLUSTER = Pattern.compile("(/api/v1/clusters/)([^/]+)(/[a-z]+)");
  private static final String READS = "GET, HEAD";

  private final Map<String, RequestHandler> pages;
  private final Map<String, RequestHandler> actions;

  /**
   * @param pages by path
   * @param actions what changes something, by path; {@code *} for the name of a cluster, which is
   *     then the parameter {@code cluster}
   */
  AdminRoutes(Map<String, RequestHandler> pages, Map<String, RequestHandler> actions) {
    this.pages = Map.copyOf(pages);
    this.actions = Map.copyOf(actions);
  }

  CompletableFuture<AdminResponse> answer(AdminRequest request) {
    try {
      return route(request);
    } catch (Refused e) {
      return e.response().now();
    }
  }

  private CompletableFuture<AdminResponse> route(AdminRequest request) throws Refused {
    RequestHandler page = pages.get(request.path());
    if (page != null && request.reads()) {
      return page.handle(request);
    }
    if (!request.reads() && !request.trusted()) {
      return AdminResponse.notAllowed(READS, "read-only; changes go through the control socket")
          .now();
    }
    if (page != null) {
      return AdminResponse.notAllowed(READS, "this page can only be read").now();
    }
    Matcher cluster = CLUSTER.matcher(request.path());
    boolean ofCluster = cluster.matches();
    RequestHandler action =
        actions.get(ofCluster ? cluster.group(1) + "*" + cluster.group(3) : request.path());
    if (action == null) {
      return AdminResponse.text(
              404, ofCluster ? "no such action" : "no such page; / lists the pages")
          .now();
    }
    if (!request.method().equals("POST")) {
      return (request.trusted()
              ? AdminResponse.notAllowed("POST", "this is an action: use POST")
              : AdminResponse.text(404, "actions are on the control socket only"))
          .now();
    }
    return action.handle(ofCluster ? request.with("cluster", cluster.group(2)) : request);
  }
}
