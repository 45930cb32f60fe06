package io.trunkline.packaging.admin;

import io.trunkline.packaging.status.ReloadAnswer;
import io.trunkline.packaging.status.StatusJson;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** {@code POST /api/v1/reload}. */
final class ReloadPage {
  private final Function<String, CompletableFuture<ReloadAnswer>> reload;
  private final StatusJson json;

  ReloadPage(Function<String, CompletableFuture<ReloadAnswer>> reload, StatusJson json) {
    this.reload = reload;
    this.json = json;
  }

  CompletableFuture<AdminResponse> perform(AdminRequest request) {
    String by = request.parameter("by").orElse("control socket");
    return reload.apply(by).thenApply(answer -> AdminResponse.json(200, json.write(answer)));
  }
}
