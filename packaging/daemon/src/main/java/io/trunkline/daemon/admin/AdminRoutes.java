package io.trunkline.daemon.admin;

import io.trunkline.daemon.status.StatusJson;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which path is answered by what. What changes anything is only for trusted requests. */
final class AdminRoutes {
  private static final Pattern CLUSTER = Pattern.compile("/api/v1/clusters/([^/]+)/([a-z]+)");
  private static final String NODE = "/api/v1/";
  private static final String READS = "GET, HEAD";

  private final Map<String, Page> pages;
  private final Map<String, Page> changes;
  private final Predicate<String> clusters;
  private final Map<String, ClusterAction> actions;
  private final Map<String, NodeAction> nodeActions;
  private final StatusJson json = new StatusJson();

  /**
   * @param pages by path
   * @param changes what changes something, by path
   * @param clusters whether a cluster of that name is configured
   * @param actions by the word that ends {@code /api/v1/clusters/<name>/<action>}
   * @param nodeActions by the word in {@code /api/v1/<action>}
   */
  AdminRoutes(
      Map<String, Page> pages,
      Map<String, Page> changes,
      Predicate<String> clusters,
      Map<String, ClusterAction> actions,
      Map<String, NodeAction> nodeActions) {
    this.pages = Map.copyOf(pages);
    this.changes = Map.copyOf(changes);
    this.clusters = clusters;
    this.actions = Map.copyOf(actions);
    this.nodeActions = Map.copyOf(nodeActions);
  }

  CompletableFuture<AdminResponse> answer(AdminRequest request) {
    Page page = pages.get(request.path());
    if (page != null && request.reads()) {
      return page.show(request);
    }
    Page change = changes.get(request.path());
    if (change != null && request.trusted() && request.method().equals("POST")) {
      return change.show(request);
    }
    return CompletableFuture.completedFuture(answerAtOnce(request, page, change));
  }

  private AdminResponse answerAtOnce(
      AdminRequest request, @Nullable Page page, @Nullable Page change) {
    if (!request.reads() && !request.trusted()) {
      return AdminResponse.notAllowed(READS, "read-only; changes go through the control socket");
    }
    if (page != null) {
      return AdminResponse.notAllowed(READS, "this page can only be read");
    }
    if (change != null) {
      return mustBePosted(request);
    }
    if (request.path().startsWith(NODE)) {
      NodeAction action = nodeActions.get(request.path().substring(NODE.length()));
      if (action != null) {
        return onNode(request, action);
      }
    }
    Matcher cluster = CLUSTER.matcher(request.path());
    return cluster.matches()
        ? onCluster(request, cluster.group(1), cluster.group(2))
        : AdminResponse.text(404, "no such page; / lists the pages");
  }

  private AdminResponse onNode(AdminRequest request, NodeAction action) {
    if (!request.method().equals("POST")) {
      return mustBePosted(request);
    }
    try {
      return AdminResponse.json(200, json.write(action.perform(request::parameter)));
    } catch (NodeAction.Refused e) {
      return AdminResponse.text(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private static AdminResponse mustBePosted(AdminRequest request) {
    return request.trusted()
        ? AdminResponse.notAllowed("POST", "this is an action: use POST")
        : AdminResponse.text(404, "actions are on the control socket only");
  }

  private AdminResponse onCluster(AdminRequest request, String cluster, String word) {
    Optional<ClusterAction> action = Optional.ofNullable(actions.get(word));
    if (action.isEmpty()) {
      return AdminResponse.text(404, "no such action");
    }
    if (!request.method().equals("POST")) {
      return mustBePosted(request);
    }
    if (!clusters.test(cluster)) {
      return AdminResponse.text(404, "no cluster of that name is configured");
    }
    action.get().perform(cluster);
    return AdminResponse.json(200, "{\"done\":true}");
  }
}
