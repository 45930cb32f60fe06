package io.trunkline.packaging.imports;

import io.trunkline.config.RouteKind;
import java.util.List;
import java.util.Optional;

/**
 * What the checks of a backend select, as a route.
 *
 * @param fallback where the checks and {@code backup} servers say so
 */
record HaproxyRoute(RouteKind route, Optional<RouteKind> fallback, Optional<String> maxLag) {

  /** Empty when no route means that, which is remarked. */
  static Optional<HaproxyRoute> of(
      HaproxyProxy backend, List<HaproxyServer> servers, Remarks remarks) {
    HaproxyCheck check = HaproxyCheck.of(backend);
    String title = backend.section().title();
    Optional<String> uri =
        servers.stream()
            .flatMap(server -> server.options().value("check-path").stream())
            .findFirst()
            .or(check::uri);
    if (check.kind().equals("httpchk") && uri.isEmpty()) {
      // OPTIONS / is what HAProxy asks by default, and Patroni answers it as /primary.
      uri = Optional.of("/");
    }
    if (uri.isEmpty()) {
      remarks.changed(
          check.place(),
          title
              + ": no check asked Patroni for a role, so sessions went to any server; route any is"
              + " the primary and the replicas, write primary or replica where that was meant");
      return Optional.of(new HaproxyRoute(RouteKind.ANY, Optional.empty(), Optional.empty()));
    }
    Optional<PatroniEndpoint> endpoint = PatroniEndpoint.of(uri.get());
    if (endpoint.isEmpty()) {
      remarks.lost(
          check.place(),
          title + ": Patroni has no health check " + Text.shown(uri.get()) + "; name the route");
      return Optional.empty();
    }
    PatroniEndpoint found = endpoint.get();
    found.notes().forEach(note -> remarks.add(note.kind(), check.place(), note.message()));
    if (!check.expectsStatus()) {
      remarks.changed(
          check.place(), "http-check expect: what counts is Patroni's status code, 200");
    }
    if (servers.stream().noneMatch(HaproxyServer::isChecked)) {
      remarks.changed(
          check.place(),
          title + ": no server has the word check, so none was checked; the role counts now");
    }
    if (check.inverted()) {
      return inverted(title, check, found, remarks);
    }
    return Optional.of(backups(title, servers, found, remarks));
  }

  private static Optional<HaproxyRoute> inverted(
      String title, HaproxyCheck check, PatroniEndpoint found, Remarks remarks) {
    if (found.route() == RouteKind.PRIMARY) {
      remarks.changed(
          check.place(),
          title + ": whoever is not the primary; route replica is only running replicas");
      return Optional.of(new HaproxyRoute(RouteKind.REPLICA, Optional.empty(), Optional.empty()));
    }
    remarks.lost(
        check.place(), title + ": no route is what Patroni answers with another code than 200");
    return Optional.empty();
  }

  private static HaproxyRoute backups(
      String title, List<HaproxyServer> servers, PatroniEndpoint found, Remarks remarks) {
    Optional<HaproxyServer> backup =
        servers.stream().filter(server -> server.options().has("backup")).findFirst();
    if (backup.isPresent() && found.route() == RouteKind.ANY) {
      remarks.changed(
          backup.get().place(),
          title
              + ": backup servers became fallback: primary, whichever member that is; the replicas"
              + " come first");
      return new HaproxyRoute(RouteKind.REPLICA, Optional.of(RouteKind.PRIMARY), found.maxLag());
    }
    backup.ifPresent(
        server ->
            remarks.changed(
                server.place(),
                title
                    + ": backup: all members of the route are used alike; weights can prefer"
                    + " some"));
    return new HaproxyRoute(found.route(), found.fallback(), found.maxLag());
  }
}
