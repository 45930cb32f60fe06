package io.trunkline.daemon.admin;

import io.trunkline.daemon.status.SessionsReport;
import io.trunkline.proxy.session.SessionFilter;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code /api/v1/sessions}: who is connected; and the end of some of them. */
final class SessionsPage {
  private static final int SHOWN = 1_000;
  private static final int MOST = 10_000;

  private final AdminPages.SessionControl sessions;
  private final InstantSource clock;
  private final AtomicBoolean listing = new AtomicBoolean();
  private final AtomicBoolean listingToOperator = new AtomicBoolean();

  SessionsPage(AdminPages.SessionControl sessions, InstantSource clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  record Ended(int ended) {}

  CompletableFuture<AdminResponse> list(AdminRequest request) {
    try {
      SessionQuery query = new SessionQuery(request, "limit");
      SessionFilter filter = query.filter();
      int limit = query.limit(SHOWN, MOST);
      AtomicBoolean busy = request.trusted() ? listingToOperator : listing;
      if (!busy.compareAndSet(false, true)) {
        return AdminResponse.text(
                503, "another list of sessions is being sent; only one is sent at a time")
            .with("retry-after", "1")
            .now();
      }
      return sessions
          .list(filter, limit)
          .thenApply(
              list ->
                  AdminResponse.json(
                      SessionsReport.pieces(list, clock.instant()), () -> busy.set(false)))
          .whenComplete(
              (_, failure) -> {
                if (failure != null) {
                  busy.set(false);
                }
              });
    } catch (IllegalArgumentException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  CompletableFuture<AdminResponse> end(AdminRequest request) {
    try {
      SessionQuery query = new SessionQuery(request, "all");
      boolean all = request.parameter("all").filter("true"::equals).isPresent();
      if (all == query.hasCondition()) {
        return refused("give at least one condition, or only all=true");
      }
      return sessions.end(query.filter()).thenApply(count -> AdminResponse.json(new Ended(count)));
    } catch (IllegalArgumentException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  private static CompletableFuture<AdminResponse> refused(String why) {
    return AdminResponse.text(400, why).now();
  }
}
