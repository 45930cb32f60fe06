package io.trunkline.daemon.admin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/**
 * What the endpoint and the control socket share.
 *
 * @param hosts what the endpoint may be called; whoever reaches the control socket may call it
 *     anything
 * @param defects is told the path and what went wrong when an answer could not be made
 */
record AdminService(
    AdminRoutes routes,
    AllowedHosts hosts,
    Limits limits,
    BiConsumer<String, RuntimeException> defects) {

  /**
   * What one client, and all clients of one socket together, may use up.
   *
   * @param connections at a time; more are closed at once
   * @param line longest request line, in bytes
   * @param headers longest headers, in bytes
   * @param body longest body, in bytes
   * @param patience how long a request may take to come in, and an answer to be taken
   */
  record Limits(int connections, int line, int headers, int body, Duration patience) {
    static final Limits DEFAULT = new Limits(64, 4_096, 8_192, 4_096, Duration.ofSeconds(10));
  }

  /** Never throws, and the future never fails. */
  CompletableFuture<AdminResponse> answer(AdminRequest request) {
    try {
      Optional<AdminResponse> refusal =
          request.trusted() ? Optional.empty() : hosts.refusal(request);
      return refusal
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> routes.answer(request))
          .exceptionally(failure -> failed(request, new CompletionException(failure)));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(request, e));
    }
  }

  private AdminResponse failed(AdminRequest request, RuntimeException defect) {
    defects.accept(request.path(), defect);
    return AdminResponse.text(500, "an internal error; the log says more");
  }
}
