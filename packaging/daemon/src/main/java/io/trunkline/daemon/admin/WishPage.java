package io.trunkline.daemon.admin;

import io.trunkline.daemon.status.StatusJson;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A {@code POST} that has the daemon do something about itself; {@code ?by=} says who wants it. */
final class WishPage<T> {
  private final Function<String, CompletableFuture<T>> wish;
  private final StatusJson json;

  WishPage(Function<String, CompletableFuture<T>> wish, StatusJson json) {
    this.wish = wish;
    this.json = json;
  }

  CompletableFuture<AdminResponse> perform(AdminRequest request) {
    String by = request.parameter("by").orElse("control socket");
    return wish.apply(by).thenApply(answer -> AdminResponse.json(200, json.write(answer)));
  }
}
