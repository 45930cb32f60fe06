package io.trunkline.packaging.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request.
 *
 * @param method GET, HEAD, POST…
 * @param path decoded, without the query
 * @param query parameters by name
 * @param trusted it came in through the control socket
 */
record AdminRequest(String method, String path, Map<String, List<String>> query, boolean trusted) {

  /** It only asks. */
  boolean reads() {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** That parameter's first value. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).map(List::getFirst);
  }
}
