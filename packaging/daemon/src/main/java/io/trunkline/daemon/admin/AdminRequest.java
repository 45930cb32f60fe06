package io.trunkline.daemon.admin;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.util.HashMap;
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
public record AdminRequest(
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
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).map(List::getFirst);
  }

  /** Who asks, as far as it is said. */
  public String by() {
    return parameter("by").orElse("control socket");
  }

  AdminRequest with(String name, String value) {
    Map<String, List<String>> more = new HashMap<>(query);
    more.put(name, List.of(value));
    return new AdminRequest(version, method, path, more, headers, trusted);
  }

  /** That header's first value. */
  Optional<String> header(CharSequence name) {
    return Optional.ofNullable(headers.get(name));
  }
}
