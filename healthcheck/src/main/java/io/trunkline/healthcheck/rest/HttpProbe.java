package io.trunkline.healthcheck;

import java.util.function.Consumer;

/** Asks a REST API one question. */
interface Asker {

  /**
   * Sends {@code GET path}. The reply comes once, on the loop, within the configured time.
   *
   * @return what ends it early, without a reply
   */
  Runnable ask(ApiUrl api, String path, Consumer<RestReply> reply);
}
