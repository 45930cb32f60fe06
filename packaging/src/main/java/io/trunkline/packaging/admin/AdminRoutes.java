package io.trunkline.packaging.admin;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which path is answered by what. What changes anything is only for trusted requests. */
final class AdminRoutes {
  private static final Pattern CLUSTER = Pattern.compile("/api/v1/clusters/([^/]+)/([a-z]+)");
  private static final String READS = "GET, HEAD";

  private final Map<String, Page> pages;
  private final Map<String, Page> changes;
  private final Set<String> clusters;
  private final Map<String, ClusterAction> actions;

  /**
   * @param pages by path
   * @param changes what changes something, by path
   * @param clusters names of the configured clusters
   * @param actions by the word that ends {@code /api/v1/clusters/<name>/<action>}
   */
  AdminRoutes(
      Map<String, Page> pages,
      Map<String, Page> changes,
      Set<String> clusters,
      Map<String, ClusterAction> actions) {
    this.pages = Map.copyOf(pages);
    this.changes = Map.copyOf(changes);
    this.clusters = Set.copyOf(clusters);
    this.actions = Map.copyOf(actions);
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
      return notPosted(request);
    }
    Matcher cluster = CLUSTER.matcher(request.path());
    return cluster.matches()
        ? onCluster(request, cluster.group(1), cluster.group(2))
        : AdminResponse.text(404, "no such page; / lists what there is");
  }

  private static AdminResponse notPosted(AdminRequest request) {
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
      return notPosted(request);
    }
    if (!clusters.contains(cluster)) {
      return AdminResponse.text(404, "no cluster of that name is configured");
    }
    action.get().perform(cluster);
    return AdminResponse.json(200, "{\"done\":true}");
  }
}
