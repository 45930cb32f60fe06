package io.trunkline.healthcheck.patroni;

import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.JunkException;
import java.util.Locale;

/**
 * Where a member's Patroni REST API is. The path of the URL ({@code /patroni}) says nothing.
 *
 * @param tls https
 * @param address host and port
 */
public record ApiUrl(boolean tls, HostPort address) {

  public static ApiUrl parse(String url) throws JunkException {
    String lower = url.toLowerCase(Locale.ROOT);
    if (lower.startsWith("https://")) {
      return new ApiUrl(true, Urls.address(url, 443));
    }
    if (lower.startsWith("http://")) {
      return new ApiUrl(false, Urls.address(url, 80));
    }
    throw new JunkException("neither http nor https: api_url");
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + address;
  }
}
