package io.trunkline.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Base URLs of HTTP services. Messages never show the URL: it may hold a password. */
final class Urls {
  private Urls() {}

  /** {@code http(s)://[user:password@]host[:port][/]}. */
  static Optional<URI> base(Value value) {
    URI url;
    try {
      url = new URI(value.text().strip()).parseServerAuthority();
    } catch (URISyntaxException e) {
      return value.reject("is not a URL; write http://HOST:PORT or https://HOST:PORT");
    }
    if (url.getScheme() == null || !url.getScheme().matches("https?") || url.getHost() == null) {
      return value.reject("must begin with http:// or https:// and a host");
    }
    if (url.getPath().length() > 1 || url.getQuery() != null || url.getFragment() != null) {
      return value.reject("must end after the port; remove the path");
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      return value.reject("port " + url.getPort() + " is not between 1 and 65535");
    }
    return Optional.of(url);
  }

  static HostPort hostPort(URI url, int defaultPort) {
    String host = url.getHost().replace("[", "").replace("]", "");
    return new HostPort(host, url.getPort() < 0 ? defaultPort : url.getPort());
  }

  static Optional<String> user(URI url) {
    return Optional.ofNullable(url.getUserInfo()).map(info -> info.split(":", 2)[0]);
  }

  static Optional<Secret> password(URI url) {
    return Optional.ofNullable(url.getUserInfo())
        .filter(info -> info.contains(":"))
        .map(info -> new Secret(info.substring(info.indexOf(':') + 1)));
  }

  static URI of(String scheme, HostPort where) {
    return URI.create(scheme + "://" + where);
  }
}
