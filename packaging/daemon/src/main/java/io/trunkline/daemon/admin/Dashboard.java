package io.trunkline.daemon.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Map;

/** {@code /}: the live page for browsers, and the list of what there is for everybody else. */
final class Dashboard {
  private final Asset page = Asset.of("index.html", "text/html");
  private final Asset style = Asset.of("dashboard.css", "text/css");
  private final Asset script = Asset.of("dashboard.js", "text/javascript");
  private final String list;

  /**
   * @param list what there is, as text
   */
  Dashboard(String list) {
    this.list = list;
  }

  Map<String, RequestHandler> byPath() {
    return Map.of(
        "/", request -> root(request).now(),
        "/dashboard.css", request -> style.answer(request).now(),
        "/dashboard.js", request -> script.answer(request).now());
  }

  private AdminResponse root(AdminRequest request) {
    boolean browser =
        request.header(HttpHeaderNames.ACCEPT).filter(it -> it.contains("text/html")).isPresent();
    AdminResponse answer =
        browser ? page.answer(request) : AdminResponse.of("text/plain; charset=utf-8", list);
    return answer.with("vary", "accept");
  }
}
