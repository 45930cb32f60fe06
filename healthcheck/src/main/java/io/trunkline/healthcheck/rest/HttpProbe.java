package io.trunkline.healthcheck.rest;

import io.trunkline.healthcheck.patroni.ApiUrl;
import java.util.function.Consumer;

/** Asks a REST API one question. */
public interface HttpProbe {

  /**
   * Sends {@code GET path}. The reply comes once, on the loop, within the configured time.
   *
   * @return what ends it early, without a reply
   */
  Runnable ask(ApiUrl api, String path, Consumer<RestReply> reply);
}
