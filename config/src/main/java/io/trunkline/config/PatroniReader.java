package io.trunkline.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code patroni}. */
final class PatroniReader {
  private static final int PORT = 8008;
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofMinutes(1);

  private PatroniReader() {}

  static PatroniConfig read(MappingReader in) {
    TlsFiles tls = TlsReader.files(in);
    String scheme = in.has("cacert") || in.has("cert") ? "https" : "http";
    List<URI> hosts =
        in.values("hosts").stream().flatMap(value -> host(value, scheme).stream()).toList();
    return new PatroniConfig(
        hosts,
        tls,
        in.choice("verify", PatroniConfig.Verify.FULL),
        in.duration("interval", Duration.ofSeconds(1), LEAST, MOST),
        in.duration("timeout", Duration.ofSeconds(2), LEAST, MOST));
  }

  private static Optional<URI> host(Value value, String scheme) {
    if (!value.text().contains("://")) {
      return value
          .as(text -> Addresses.hostPort(text, OptionalInt.of(PORT)))
          .flatMap(
              host ->
                  host.port() == 0
                      ? value.<HostPort>reject("port 0 is not between 1 and 65535")
                      : Optional.of(host))
          .map(host -> Urls.of(scheme, host));
    }
    return Urls.base(value)
        .flatMap(
            url ->
                url.getUserInfo() != null
                    ? value.<URI>reject("must not hold a user; reading Patroni's API needs none")
                    : Optional.of(Urls.of(url.getScheme(), Urls.hostPort(url, PORT))));
  }
}
