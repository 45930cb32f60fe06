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

  private EtcdReader() {}

  static EtcdConfig read(MappingReader in) {
    List<String> places = Stream.of("host", "hosts", "url").filter(in::has).toList();
    if (places.isEmpty()) {
      in.problem("needs the endpoints of etcd; write hosts: [HOST:2379]");
    }
    places.stream()
        .skip(1)
        .forEach(key -> in.problem(key, "is given beside " + places.getFirst() + "; keep one"));
    Optional<URI> url = in.hidden("url").flatMap(EtcdReader::url);
    List<HostPort> hosts = new ArrayList<>(hosts(in, "host"));
    hosts.addAll(hosts(in, "hosts"));
    url.ifPresent(found -> hosts.add(Urls.hostPort(found, PORT.getAsInt())));

    Protocol protocol = protocol(in, url);
    TlsFiles tls = TlsReader.files(in);
    if (protocol == Protocol.HTTP) {
      for (String key : List.of("cacert", "cert", "key")) {
        in.refuse(key, "is used only with protocol: https");
      }
    }
    Optional<String> username = username(in, url);
    return new EtcdConfig(hosts, protocol, tls, username, password(in, url));
  }

  private static List<HostPort> hosts(MappingReader in, String key) {
    if (in.isEmptyList(key)) {
      in.problem(key, "is empty; write the endpoints of etcd: [HOST:2379]");
    }
    return in.values(key).stream()
        .flatMap(value -> value.as(EtcdReader::endpoint).stream())
        .toList();
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
    Protocol protocol = in.choice("protocol", ofUrl.orElse(Protocol.HTTP));
    if (ofUrl.isPresent() && ofUrl.get() != protocol) {
      in.problem("protocol", "is not the one of url; remove it");
    }
    return protocol;
  }

  private static Optional<String> username(MappingReader in, Optional<URI> url) {
    Optional<String> username = in.value("username").map(Value::text);
    boolean password = in.has("password") || in.has("password_file");
    if (in.has("username") && !password) {
      in.problem("username", "needs a password; write password_file: PATH or password: ${NAME}");
    }
    if (password && !in.has("username")) {
      in.problem(
          in.has("password") ? "password" : "password_file", "needs a user; write username: NAME");
    }
    return username.or(() -> url.flatMap(Urls::user));
  }

  private static Optional<Secret> password(MappingReader in, Optional<URI> url) {
    return Secrets.read(in, "password").or(() -> url.flatMap(Urls::password));
  }
}
