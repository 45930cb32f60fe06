package io.trunkline.daemon.admin;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Answers one path, at once or later. Runs on the admin event loop, so it must not block. */
@FunctionalInterface
interface Page {
  CompletableFuture<AdminResponse> show(AdminRequest request);

  /** One that knows the answer. */
  static Page of(Function<AdminRequest, AdminResponse> answer) {
    return request -> CompletableFuture.completedFuture(answer.apply(request));
  }
}
