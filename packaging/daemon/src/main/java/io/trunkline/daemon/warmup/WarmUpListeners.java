package io.trunkline.daemon.warmup;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TlsFiles;
import io.trunkline.config.TrunklineConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One listener for each way in which sessions are opened and relayed. TLS is among them if the
 * daemon has a listener that ends it, with the certificate of that one.
 */
final class WarmUpListeners {
  private final TrunklineConfig config;
  private final Optional<ClientTls> tls;

  private WarmUpListeners(TrunklineConfig config, Optional<ClientTls> tls) {
    this.config = config;
    this.tls = tls;
  }

  /**
   * For a daemon of that configuration.
   *
   * @throws IOException if its certificate cannot be read
   */
  static WarmUpListeners like(TrunklineConfig config) throws IOException {
    Optional<TlsFiles> files =
        config.listeners().stream()
            .map(ListenerConfig::tls)
            .filter(it -> it.mode() == TlsConfig.Mode.TERMINATE)
            .map(TlsConfig::files)
            .findFirst();
    return files.isEmpty()
        ? new WarmUpListeners(read(file("")), Optional.empty())
        : new WarmUpListeners(
            read(file(terminating(files.get()))), Optional.of(new ClientTls(files.get())));
  }

  private static String file(String more) {
    return """
    node: warm-up
    threads: 2
    clusters:
      - {scope: plain, patroni: {hosts: ["http://127.0.0.1:1"]}}
      - scope: kept
        patroni: {hosts: ["http://127.0.0.1:1"]}
        auth: {user: %s, password: %s, insecure: true}
    listeners:
      - {name: write, cluster: plain, bind: "127.0.0.1:0", route: primary}
      - {name: read, cluster: plain, bind: "127.0.0.1:0", route: replica, fallback: primary}
      - {name: unread, cluster: plain, bind: "127.0.0.1:0", route: primary, follow_messages: false}
      - {name: kept, cluster: kept, bind: "127.0.0.1:0", route: primary}
    %s\
    """
        .formatted(Login.AUTH_USER, Login.PASSWORD, more);
  }

  private static String terminating(TlsFiles files) throws IOException {
    Path cert =
        files.cert().orElseThrow(() -> new IOException("a listener has no certificate of its own"));
    return """
      - name: tls
        cluster: plain
        bind: "127.0.0.1:0"
        route: primary
        tls: {mode: terminate, cert: %s, key: %s}
    """
        .formatted(quoted(cert), quoted(files.key().orElse(cert)));
  }

  /** A cluster that is known by those REST APIs alone. */
  static ClusterConfig health(List<URI> hosts) throws IOException {
    String urls = hosts.stream().map(URI::toString).collect(Collectors.joining("\", \""));
    return read("clusters: [{scope: health, patroni: {hosts: [\"" + urls + "\"]}}]\n")
        .clusters()
        .getFirst();
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }

  private static TrunklineConfig read(String file) throws IOException {
    return switch (new ConfigLoader(Map.of(), Set.of()).load(Path.of("warm-up.yaml"), file)) {
      case ConfigResult.Valid(TrunklineConfig read) -> read;
      case ConfigResult.Invalid invalid ->
          throw new IOException(String.valueOf(invalid.problems().getFirst()));
    };
  }

  TrunklineConfig config() {
    return config;
  }

  /**
   * A client for each, by name.
   *
   * @param bound where the listeners are
   */
  Map<String, ScriptedClient> clients(Map<String, InetSocketAddress> bound) {
    Map<String, ScriptedClient> clients = new TreeMap<>();
    bound.forEach(
        (name, address) ->
            clients.put(
                name,
                new ScriptedClient(
                    address,
                    name.equals("kept") ? Login.SCRAM : Login.TRUSTED,
                    name.equals("tls") ? tls : Optional.empty())));
    return clients;
  }
}
