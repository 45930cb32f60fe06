package io.trunkline.config;

import io.trunkline.config.EtcdConfig.Protocol;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads {@code etcd}, whose keys are those of Patroni's etcd3 section. */
final class EtcdReader {
  private static final OptionalInt PORT = OptionalInt.of(2379);

  static final Section<EtcdConfig> KEYS = new Section<>("clusters[].etcd");
  static final Key<List<Value>> HOST =
      KEYS.key("host", Type.values("host:port"))
          .without("")
          .means("One endpoint, or several with commas. The port may be left out: 2379.");
  static final Key<List<Value>> HOSTS =
      KEYS.key("hosts", Type.values("list of host:port"), EtcdConfig::hosts)
          .without("")
          .means("The endpoints; all are tried in turn.");
  static final Key<URI> URL =
      KEYS.key("url", new Type<>("URL", (in, name) -> in.hidden(name).flatMap(EtcdReader::url)))
          .without("")
          .means("One endpoint with its protocol: `https://[user:password@]host[:port]`.");
  static final Key<Protocol> PROTOCOL =
      KEYS.key("protocol", Type.choice(Protocol.class), EtcdConfig::protocol)
          .without("`http`; that of `url`")
          .means("How the endpoints are spoken to.");
  private static final TlsKeys FILES =
      TlsKeys.in(
          KEYS,
          EtcdConfig::tls,
          "The authorities that may have signed etcd's certificate. Needs `https`, as do `cert` and"
              + " `key`.",
          "The client certificate chain.");
  static final Key<String> USERNAME =
      KEYS.key("username", Type.TEXT, EtcdConfig::username)
          .means("The user, where etcd asks for one.");
  static final Key<Secret> PASSWORD =
      KEYS.secret("password", EtcdConfig::password).means("The user's password.");

  private EtcdReader() {}

  static EtcdConfig read(MappingReader in) {
    List<Key<?>> places = Stream.<Key<?>>of(HOST, HOSTS, URL).filter(in::has).toList();
    if (places.isEmpty()) {
      in.problem("needs the endpoints of etcd; write hosts: [HOST:2379]");
    }
    places.stream()
        .skip(1)
        .forEach(
            key -> in.problem(key, "is given beside " + places.getFirst().name() + "; keep one"));
    Optional<URI> url = in.find(URL);
    List<HostPort> hosts = new ArrayList<>(hosts(in, HOST));
    hosts.addAll(hosts(in, HOSTS));
    url.ifPresent(found -> hosts.add(Urls.hostPort(found, PORT.getAsInt())));

    Protocol protocol = protocol(in, url);
    TlsFiles tls = FILES.read(in);
    if (protocol == Protocol.HTTP) {
      FILES.refuse(in, "is used only with protocol: https");
    }
    Optional<String> username = username(in, url);
    return new EtcdConfig(hosts, protocol, tls, username, password(in, url));
  }

  private static List<HostPort> hosts(MappingReader in, Key<List<Value>> key) {
    if (in.isEmptyList(key)) {
      in.problem(key, "is empty; write the endpoints of etcd: [HOST:2379]");
    }
    return in.get(key).stream().flatMap(value -> value.as(EtcdReader::endpoint).stream()).toList();
  }

  private static HostPort endpoint(String text) throws NotUnderstood {
    if (text.startsWith("http://") || text.startsWith("https://")) {
      throw new NotUnderstood(
          Shown.of(text)
              + " is a URL; write host:port here and the scheme as protocol: "
              + text.substring(0, text.indexOf(':')));
    }
    HostPort endpoint = Addresses.hostPort(text, PORT);
    if (endpoint.port() == 0) {
      throw new NotUnderstood("port 0 is not between 1 and 65535");
    }
    return endpoint;
  }

  private static Optional<URI> url(Value value) {
    return Urls.base(value)
        .flatMap(
            url ->
                Urls.user(url).isPresent() && Urls.password(url).isEmpty()
                    ? value.<URI>reject("has a user without a password; write USER:PASSWORD@HOST")
                    : Optional.of(url));
  }

  private static Protocol protocol(MappingReader in, Optional<URI> url) {
    Optional<Protocol> ofUrl =
        url.map(found -> found.getScheme().equals("https") ? Protocol.HTTPS : Protocol.HTTP);
    Protocol protocol = in.find(PROTOCOL).orElse(ofUrl.orElse(Protocol.HTTP));
    if (ofUrl.isPresent() && ofUrl.get() != protocol) {
      in.problem(PROTOCOL, "is not the one of url; remove it");
    }
    return protocol;
  }

  private static Optional<String> username(MappingReader in, Optional<URI> url) {
    Optional<String> username = in.find(USERNAME);
    boolean password = in.has(PASSWORD) || in.has("password_file");
    if (in.has(USERNAME) && !password) {
      in.problem(USERNAME, "needs a password; write password_file: PATH or password: ${NAME}");
    }
    if (password && !in.has(USERNAME)) {
      in.problem(
          in.has(PASSWORD) ? "password" : "password_file", "needs a user; write username: NAME");
    }
    return username.or(() -> url.flatMap(Urls::user));
  }

  private static Optional<Secret> password(MappingReader in, Optional<URI> url) {
    return in.find(PASSWORD).or(() -> url.flatMap(Urls::password));
  }
}
