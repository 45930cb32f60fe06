package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.RestTls;
import io.trunkline.importer.common.YamlBlock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** TLS of binds, of servers and of checks. */
record HaproxyTls(HaproxyGlobal global, Remarks remarks) {
  /** The keys {@code tls} and {@code backend_tls} of a listener. */
  void write(HaproxyBind bind, List<HaproxyServer> servers, YamlBlock listener) {
    List<HaproxyServer> encrypted =
        servers.stream().filter(server -> server.options().has("ssl")).toList();
    if (!bind.options().has("ssl")) {
      encrypted.forEach(
          server ->
              remarks.changed(
                  server.place(),
                  "ssl of a server without ssl of the bind: TLS is passed through, from the client"
                      + " to PostgreSQL; a client that uses none is not encrypted"));
      return;
    }
    var tls = new YamlBlock().put("mode", "terminate");
    Optional<String> crt = bind.options().first("crt").map(global::crt);
    crt.ifPresent(path -> tls.put("cert", path));
    if (crt.isEmpty()) {
      remarks.missing(bind.place(), "ssl without crt: write tls.cert, a PEM file");
    } else if (crt.get().endsWith("/")) {
      remarks.missing(bind.place(), "crt names a directory: write one PEM file as tls.cert");
    }
    String verify = bind.options().value("verify").orElse("none");
    if (!verify.equals("none")) {
      bind.options().value("ca-file").ifPresent(path -> tls.put("client_ca", global.ca(path)));
      if (verify.equals("optional") && bind.options().has("ca-file")) {
        tls.put("client_cert", "optional");
      }
    }
    tls.put("require", "true");
    if (bind.options().is("ssl-min-ver", "TLSv1.3")) {
      tls.put("min_version", "TLSv1.3");
    }
    listener.put("tls", tls);
    if (!encrypted.isEmpty()) {
      listener.put("backend_tls", backend(servers, encrypted));
    }
    remarks.changed(
        bind.place(),
        "ssl: besides clients that begin with TLS (sslnegotiation=direct), those that ask for it"
            + " first are served; client certificates' names are not passed to PostgreSQL");
  }

  private YamlBlock backend(List<HaproxyServer> servers, List<HaproxyServer> encrypted) {
    List<YamlBlock> all = encrypted.stream().map(this::backend).toList();
    boolean alike = all.stream().map(YamlBlock::render).distinct().count() == 1;
    sameOfAll(encrypted.getFirst(), alike && encrypted.size() == servers.size());
    return all.getFirst();
  }

  private void sameOfAll(HaproxyServer first, boolean alike) {
    if (!alike) {
      remarks.changed(
          first.place(),
          "server %s: its TLS is that of all servers now; the others have another",
          first.name());
    }
  }

  private YamlBlock backend(HaproxyServer server) {
    var tls = new YamlBlock();
    boolean verified = verified(server.options());
    Optional<String> ca = authorities(server.options());
    tls.put("mode", verified ? named(server.options()) ? "verify_full" : "verify_ca" : "require");
    if (verified) {
      ca.ifPresent(path -> tls.put("cacert", path));
    }
    server.options().value("crt").ifPresent(path -> tls.put("cert", global.crt(path)));
    return tls;
  }

  /**
   * How the checks of these servers asked Patroni.
   *
   * @param tls whether {@code http-check connect} says that TLS is used
   */
  RestTls rest(List<HaproxyServer> servers, boolean tls) {
    List<RestTls> all = servers.stream().map(server -> rest(server, tls)).distinct().toList();
    sameOfAll(servers.getFirst(), all.size() == 1);
    return all.getFirst();
  }

  private RestTls rest(HaproxyServer server, boolean tls) {
    if (!server.options().has("check-ssl") && !tls) {
      return RestTls.HTTP;
    }
    boolean verified = verified(server.options());
    if (verified && !named(server.options())) {
      remarks.changed(
          server.place(),
          "verify required without a name: verify: ca does the same; verify: full checks the host"
              + " name as well");
    } else if (!verified) {
      remarks.changed(
          server.place(),
          "verify none: Patroni's certificates are not checked, as they were not; write cacert and"
              + " verify: full instead");
    }
    return new RestTls(
        true,
        true,
        verified ? named(server.options()) ? "full" : "ca" : "none",
        verified ? authorities(server.options()) : Optional.empty(),
        server.options().value("crt").map(global::crt),
        Optional.empty());
  }

  private boolean verified(HaproxyOptions options) {
    return options.value("verify").map("required"::equals).orElse(global.verifiesServers());
  }

  private static boolean named(HaproxyOptions options) {
    List<String> names = Stream.of("verifyhost", "check-sni", "sni").filter(options::has).toList();
    return !names.isEmpty();
  }

  private Optional<String> authorities(HaproxyOptions options) {
    return options.value("ca-file").filter(path -> !path.startsWith("@")).map(global::ca);
  }
}
