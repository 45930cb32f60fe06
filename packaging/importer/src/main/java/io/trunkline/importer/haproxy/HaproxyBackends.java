package io.trunkline.importer.haproxy;

import io.trunkline.config.RouteKind;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.RestTls;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.haproxy.HaproxyCheck.Kind;
import io.trunkline.importer.patroni.PatroniAnswer;
import io.trunkline.importer.patroni.PatroniMember;
import io.trunkline.importer.patroni.PatroniRequest;
import io.trunkline.importer.patroni.PatroniRoute;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes backends of proxies: which servers are meant, and where they ask Patroni. */
final class HaproxyBackends {
  private static final int LONGEST_TRACK = 8;

  /** Of services that are not PostgreSQL. */
  private static final Set<String> OTHER_PORTS =
      Text.words(
          """
          21 22 25 53 80 110 143 389 443 465 587 636 993 995 1433 1521 2379 3000 3306 3389 5671
          5672 6379 6443 8008 8080 8081 8443 9000 9090 9092 9200 11211 15672 26379 27017 33060
          """);

  private final Map<String, HaproxyProxy> backends;
  private final Set<String> patroni;
  private final HaproxyTls tls;
  private final Remarks remarks;
  private final IdentityHashMap<HaproxyProxy, Tracked> tracked = new IdentityHashMap<>();

  /**
   * A backend of PostgreSQL servers, and what its checks make of them.
   *
   * @param rest how their REST APIs were asked
   */
  record Backend(
      HaproxyProxy proxy, List<HaproxyServer> servers, RestTls rest, HaproxyRoute route) {
    Backend {
      servers = List.copyOf(servers);
    }
  }

  /**
   * A server, the check that decides on it, and the server that is asked: another one with track.
   */
  private record Checked(HaproxyServer server, HaproxyServer asked, Optional<HaproxyCheck> check) {
    Optional<String> rest() {
      return check.flatMap(it -> it.steps().stream().findFirst()).flatMap(asked::asked);
    }

    boolean isBackup() {
      return server.options().has("backup");
    }
  }

  /** What servers of other backends, or of this one, may be tracked. */
  private record Tracked(List<HaproxyServer> servers, HaproxyCheck check) {}

  /**
   * @param backends those that servers may track
   * @param patroni hosts and ports that are known to be Patroni's
   */
  HaproxyBackends(
      Map<String, HaproxyProxy> backends,
      Set<String> patroni,
      HaproxyGlobal global,
      Remarks remarks) {
    this.backends = backends;
    this.patroni = patroni;
    this.tls = new HaproxyTls(global, remarks);
    this.remarks = remarks;
  }

  /** Empty when it is not of PostgreSQL servers, which is remarked. */
  Optional<Backend> read(HaproxyProxy proxy) {
    List<Checked> servers = servers(proxy);
    Optional<String> refusal =
        servers.isEmpty()
            ? Optional.of("it has no servers")
            : proxy
                .otherProtocol()
                .or(() -> otherService(servers).map(it -> it + HaproxyProxy.ONLY_POSTGRESQL));
    if (refusal.isPresent()) {
      proxy.section().leaveOut(refusal.get(), remarks);
      return Optional.empty();
    }
    proxy.take();
    boolean known = servers.stream().anyMatch(this::asksPatroni);
    return Optional.of(
        new Backend(
            proxy,
            servers.stream()
                .map(it -> it.server.withRest(it.rest().filter(rest -> known)))
                .toList(),
            known ? rest(servers) : RestTls.UNKNOWN,
            route(proxy.section().title(), servers)));
  }

  private RestTls rest(List<Checked> servers) {
    List<Checked> asking = servers.stream().filter(this::asksPatroni).toList();
    return tls.rest(
        asking.stream().map(it -> it.asked).toList(),
        asking.stream()
            .flatMap(it -> it.check.stream())
            .flatMap(it -> it.steps().stream())
            .anyMatch(HaproxyCheck.Step::tls));
  }

  /** Adds the hosts and ports that only Patroni would be asked at. */
  void learn(HaproxyProxy proxy, Set<String> known) {
    servers(proxy).stream()
        .filter(this::asksPatroni)
        .flatMap(it -> it.rest().stream())
        .forEach(known::add);
  }

  private List<Checked> servers(HaproxyProxy proxy) {
    HaproxyCheck check = HaproxyCheck.of(proxy, remarks);
    return HaproxyServer.of(proxy, remarks).stream()
        .map(server -> checked(server, server, proxy, check, LONGEST_TRACK))
        .toList();
  }

  private Checked checked(
      HaproxyServer server, HaproxyServer asked, HaproxyProxy proxy, HaproxyCheck check, int more) {
    HaproxyOptions options = asked.options();
    Optional<String> track = options.value("track");
    if (track.isPresent()) {
      int slash = track.get().indexOf('/');
      Optional<HaproxyProxy> of =
          slash < 0
              ? Optional.of(proxy)
              : Optional.ofNullable(backends.get(track.get().substring(0, slash)));
      String name = track.get().substring(slash + 1);
      Optional<HaproxyServer> found =
          of.stream()
              .flatMap(it -> tracked(it).servers.stream())
              .filter(it -> it.name().equals(name))
              .findFirst();
      return found.isPresent() && more > 0
          ? checked(server, found.get(), of.get(), tracked(of.get()).check, more - 1)
          : new Checked(server, asked, opaque(asked, "track"));
    }
    if (options.has("healthcheck") || (options.mentions("agent-check") && !asked.isChecked())) {
      return new Checked(server, asked, opaque(asked, "agent-check"));
    }
    return new Checked(
        server,
        asked,
        Optional.of(check).filter(it -> asked.isChecked()).map(it -> asking(it, options)));
  }

  private HaproxyCheck asking(HaproxyCheck check, HaproxyOptions options) {
    Optional<Place> at = options.at("check-path");
    at.ifPresent(
        place ->
            remarks.changed(
                place,
                "check-path: HAProxy knows no such word and refuses this file; it was read as the"
                    + " path of option httpchk"));
    return options.value("check-path").map(check::asking).orElse(check);
  }

  private Tracked tracked(HaproxyProxy proxy) {
    return tracked.computeIfAbsent(
        proxy,
        it -> {
          it.take();
          var quiet = new Remarks();
          return new Tracked(HaproxyServer.of(it, quiet), HaproxyCheck.of(it, quiet));
        });
  }

  private static Optional<HaproxyCheck> opaque(HaproxyServer server, String title) {
    return Optional.of(new HaproxyCheck(server.place(), Kind.OPAQUE, title, List.of()));
  }

  private Optional<String> otherService(List<Checked> servers) {
    Optional<HaproxyCheck> check = servers.stream().flatMap(it -> it.check.stream()).findFirst();
    if (check.filter(it -> it.kind() == Kind.OTHER_PROTOCOL).isPresent()) {
      return Optional.of(check.get().title() + ": its servers speak another protocol");
    }
    if (servers.stream().anyMatch(this::asksPatroni)
        || check.filter(it -> it.kind() == Kind.POSTGRESQL).isPresent()) {
      return Optional.empty();
    }
    boolean postgres =
        servers.stream().allMatch(it -> it.server.port().filter("5432"::equals).isPresent());
    if (!postgres
        && check.filter(it -> it.kind() == Kind.HTTP).isPresent()
        && servers.stream().allMatch(it -> it.rest().isEmpty())) {
      return Optional.of("its servers are checked by HTTP on the port of the service itself");
    }
    return servers
        .getFirst()
        .server
        .port()
        .filter(OTHER_PORTS::contains)
        .map(port -> "port " + port + " is another service's");
  }

  /** Whether it is Patroni that a check asks: by a path or a port of Patroni's own. */
  private boolean asksPatroni(Checked checked) {
    Optional<String> rest = checked.rest();
    return rest.isPresent()
        && (checked.check.stream()
                .flatMap(it -> it.http().requests().stream())
                .anyMatch(PatroniRequest::asksForRole)
            || rest.get().endsWith(":" + PatroniRequest.PORT)
            || patroni.contains(rest.get()));
  }

  private HaproxyRoute route(String title, List<Checked> all) {
    List<Checked> backups = all.stream().filter(Checked::isBackup).toList();
    List<Checked> servers =
        backups.size() == all.size() ? all : all.stream().filter(it -> !it.isBackup()).toList();
    List<HaproxyCheck> checks =
        servers.stream().flatMap(it -> it.check.stream()).distinct().toList();
    Optional<String> doubt = doubt(servers, checks);
    Optional<PatroniRoute> found =
        doubt.isPresent() ? Optional.empty() : PatroniRoute.of(checks.getFirst().http());
    if (found.isEmpty()) {
      remarks.missing(
          checks.stream()
              .findFirst()
              .map(HaproxyCheck::place)
              .orElse(servers.getFirst().server.place()),
          Text.shown(title)
              + ": "
              + doubt.orElseGet(() -> unanswered(checks.getFirst()))
              + "; "
              + HaproxyRoute.CHOICES);
      return HaproxyRoute.UNKNOWN;
    }
    PatroniRoute route = found.get();
    Place place = checks.getFirst().place();
    route.notes().forEach(note -> remarks.add(place, note.of(Text.shown(title))));
    servers.stream()
        .filter(it -> it.check.isEmpty())
        .forEach(
            it ->
                remarks.changed(
                    it.server.place(),
                    "server %s: was not checked, so it was always up; its role counts now",
                    it.server.name()));
    return backups.isEmpty() || backups.size() == all.size()
        ? HaproxyRoute.of(route)
        : backups(title, backups.getFirst().server, route);
  }

  /** Why the checks do not say which members are meant. */
  private Optional<String> doubt(List<Checked> servers, List<HaproxyCheck> checks) {
    if (checks.isEmpty()) {
      return Optional.of("no server is checked, so no role was asked for");
    }
    if (checks.stream().map(HaproxyCheck::http).distinct().count() > 1
        || checks.stream().map(HaproxyCheck::kind).distinct().count() > 1) {
      return Optional.of("its servers are checked in different ways");
    }
    HaproxyCheck check = checks.getFirst();
    if (check.kind() != Kind.HTTP) {
      return Optional.of(
          check.title()
              + " does not ask Patroni for a role, so the file does not say which members are"
              + " meant");
    }
    if (servers.stream().allMatch(it -> it.rest().isEmpty())) {
      return Optional.of(
          "the check goes to the port of the service, where Patroni does not answer; a check"
              + " of Patroni names its port, as in: check port 8008");
    }
    return servers.stream().anyMatch(this::asksPatroni)
        ? Optional.empty()
        : Optional.of(
            "port "
                + servers.stream().flatMap(it -> it.rest().stream()).findFirst().orElse("")
                + " is not known to be Patroni's, and another program may answer there as it"
                + " likes");
  }

  private static String unanswered(HaproxyCheck check) {
    List<PatroniRequest> requests = check.http().requests();
    return requests.stream()
            .allMatch(
                it ->
                    PatroniAnswer.of(it, PatroniMember.PRIMARY, PatroniAnswer.Setting.SINCE_4)
                        .isPresent())
        ? "what is expected of Patroni's answer to "
            + Text.shown(requests.getFirst().uri())
            + " does not tell one role"
        : "Patroni has no health check " + Text.shown(requests.getFirst().uri());
  }

  private HaproxyRoute backups(String title, HaproxyServer backup, PatroniRoute found) {
    if (found.route() == RouteKind.ANY) {
      remarks.changed(
          backup.place(),
          title
              + ": backup servers became fallback: primary, whichever member that is; the"
              + " replicas come first");
      return new HaproxyRoute(
          Optional.of(RouteKind.REPLICA), Optional.of("primary"), found.maxLag());
    }
    remarks.changed(
        backup.place(),
        title + ": backup: all members of the route are used alike; weights can prefer some");
    return HaproxyRoute.of(found);
  }
}
