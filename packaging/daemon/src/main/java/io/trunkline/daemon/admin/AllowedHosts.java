package io.trunkline.daemon.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import io.trunkline.config.AdminConfig;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the endpoint may be called in the Host header: any IP address, and the names in this list.
 * Without it a web page could have its own name resolve to this node's address (DNS rebinding), and
 * read from the browser of somebody who can reach the endpoint what is answered here.
 */
final class AllowedHosts {
  /** RFC 9112, section 3.2: an address in brackets, or a name or IPv4 address; then a port. */
  private static final Pattern HOST =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)(?:%[\\w.~-]+)?]|(\\w[\\w.-]*))(?::\\d{0,5})?");

  private static final int NOT_CALLED_SO = 421;

  private final Set<String> names;

  private AllowedHosts(Collection<String> names) {
    this.names = names.stream().map(AllowedHosts::plain).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * For that endpoint of a node.
   *
   * @param own what the node and its machine are called
   */
  static AllowedHosts of(AdminConfig config, Collection<String> own) {
    return new AllowedHosts(
        Stream.of(List.of("localhost", config.bind().host()), config.allowedHosts(), own)
            .flatMap(Collection::stream)
            .toList());
  }

  /** The answer to a request that is not to be answered otherwise. */
  Optional<AdminResponse> refusal(AdminRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.isEmpty() && request.version().compareTo(HttpVersion.HTTP_1_1) < 0) {
      // A health check, as HAProxy sends it. Every browser names the host.
      return Optional.empty();
    }
    if (hosts.size() != 1) {
      return Optional.of(AdminResponse.text(400, "a request needs one Host header"));
    }
    Matcher host = HOST.matcher(hosts.getFirst());
    if (!host.matches() || (host.group(1) != null && !NetUtil.isValidIpV6Address(host.group(1)))) {
      return Optional.of(AdminResponse.text(400, "the Host header is malformed"));
    }
    if (host.group(1) != null || isAllowed(plain(host.group(2)))) {
      return Optional.empty();
    }
    return Optional.of(
        AdminResponse.text(
            NOT_CALLED_SO,
            "this node does not answer to the name "
                + host.group(2)
                + "; if it is one of its names, add it to admin.allowed_hosts of its"
                + " configuration"));
  }

  private boolean isAllowed(String name) {
    return names.contains(name) || NetUtil.isValidIpV4Address(name);
  }

  /** In lower case, without the dot that may end a name. */
  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
