package io.trunkline.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code patroni}. */
final class PatroniReader {
  private static final int PORT = 8008;

  static final Section<PatroniConfig> KEYS = new Section<>("clusters[].patroni");
  static final Key<List<Value>> HOSTS =
      KEYS.key("hosts", Type.values("list of host:port or URL"), PatroniConfig::hosts)
          .without("learnt from etcd")
          .means(
              "Members' REST APIs. Needed only where there is no etcd (Consul, ZooKeeper,"
                  + " Kubernetes). List all of them: a member that is not listed is learnt from"
                  + " those that are (256 members at most), and counts for \"most members can be"
                  + " seen\" once it has answered. Without a scheme: `https` when `cacert` or"
                  + " `cert` is given, else `http`. The port may be left out: 8008.");
  private static final TlsKeys FILES =
      TlsKeys.in(
          KEYS,
          PatroniConfig::tls,
          "The authorities that may have signed the members' certificates.",
          "A client certificate chain, where Patroni asks for one (`verify_client`).");
  static final Key<PatroniConfig.Verify> VERIFY =
      KEYS.key("verify", Type.choice(PatroniConfig.Verify.FULL), PatroniConfig::verify)
          .means(
              "How members' certificates are checked: chain and host name, the chain only, not at"
                  + " all.");
  static final Key<Duration> INTERVAL =
      KEYS.key("interval", Type.duration("100ms", "1m", "1s"), PatroniConfig::interval)
          .means("How often each member is asked, besides when something changes.");
  static final Key<Duration> TIMEOUT =
      KEYS.key("timeout", Type.duration("100ms", "1m", "2s"), PatroniConfig::timeout)
          .means("The longest one answer may take, from dial to last byte.");

  private PatroniReader() {}

  static PatroniConfig read(MappingReader in) {
    TlsFiles tls = FILES.read(in);
    String scheme = in.has(FILES.cacert()) || in.has(FILES.cert()) ? "https" : "http";
    List<URI> hosts =
        in.get(HOSTS).stream().flatMap(value -> host(value, scheme).stream()).toList();
    return new PatroniConfig(hosts, tls, in.get(VERIFY), in.get(INTERVAL), in.get(TIMEOUT));
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
