package io.trunkline.daemon.admin;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request.
 *
 * @param version of HTTP
 * @param method GET, HEAD, POST…
 * @param path decoded, without the query
 * @param query parameters by name
 * @param headers as they came
 * @param trusted it came in through the control socket
 */
record AdminRequest(
    HttpVersion version,
    String method,
    String path,
    Map<String, List<String>> query,
    HttpHeaders headers,
    boolean trusted) {

  /** It only asks. */
  boolean reads() {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** That parameter's first value. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).map(List::getFirst);
  }

  /** That header's first value. */
  Optional<String> header(CharSequence name) {
    return Optional.ofNullable(headers.get(name));
  }
}
