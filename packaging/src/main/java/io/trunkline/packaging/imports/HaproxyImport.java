package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads haproxy.cfg, in one file or in several that HAProxy is started with. */
final class HaproxyImport {
  private static final int MOST_LISTENERS = 500;

  private final Remarks remarks;
  private final List<ListenerPlan> listeners = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private Optional<AdminPlan> admin = Optional.empty();

  private HaproxyImport(Remarks remarks) {
    this.remarks = remarks;
  }

  /** What the files say together. */
  record Result(List<ListenerPlan> listeners, Optional<AdminPlan> admin) {}

  /**
   * Where the statistics were.
   *
   * @param guarded whether they asked for a password or TLS, which the admin endpoint cannot
   */
  record AdminPlan(HaproxyBind bind, boolean guarded) {}

  static Result of(List<ImportSource> sources, Map<String, String> environment, Remarks remarks)
      throws Unparsable {
    var lexer = new HaproxyLexer(environment, remarks);
    List<HaproxyLine> lines = new ArrayList<>();
    for (ImportSource source : sources) {
      lines.addAll(lexer.lines(source));
    }
    List<HaproxySection> sections = HaproxySections.of(lines, remarks);
    var reader = new HaproxyImport(remarks);
    HaproxyProxy.All proxies = HaproxyProxy.of(sections);
    HaproxyGlobal global = HaproxyGlobal.of(sections);
    proxies
        .frontends()
        .values()
        .forEach(frontend -> reader.frontend(frontend, proxies.backends(), global));
    sections.forEach(section -> reader.remark(section, proxies));
    return new Result(List.copyOf(reader.listeners), reader.admin);
  }

  /** Lines of a proxy in HTTP mode are not told one by one. */
  private void remark(HaproxySection section, HaproxyProxy.All proxies) {
    Optional<HaproxyProxy> proxy =
        Optional.ofNullable(proxies.frontends().get(section.name()))
            .or(() -> Optional.ofNullable(proxies.backends().get(section.name())))
            .filter(it -> it.section().equals(section));
    if (proxy.isEmpty() || proxy.get().mode().equals("tcp")) {
      HaproxyKeywords.remark(section, remarks);
      HaproxyServerKeywords.remark(section, remarks);
    }
  }

  private void frontend(
      HaproxyProxy frontend, Map<String, HaproxyProxy> backends, HaproxyGlobal global) {
    List<HaproxyBind> binds =
        frontend.own("bind").stream()
            .flatMap(line -> HaproxyBind.of(line, remarks).stream())
            .toList();
    if (isStatistics(frontend)) {
      statistics(frontend, binds);
      return;
    }
    if (!frontend.mode().equals("tcp")) {
      remarks.lost(
          frontend.section().place(),
          "%s: mode %s; only PostgreSQL's protocol is served"
              .formatted(Text.shown(frontend.section().title()), Text.shown(frontend.mode())));
      return;
    }
    Optional<HaproxyTarget> target = HaproxyTarget.of(frontend, backends, remarks);
    if (target.isPresent()) {
      listeners(frontend, target.get(), binds, global);
    }
  }

  private void listeners(
      HaproxyProxy frontend, HaproxyTarget target, List<HaproxyBind> binds, HaproxyGlobal global) {
    List<HaproxyServer> servers = HaproxyServer.of(target.backend(), remarks);
    if (servers.isEmpty() || binds.isEmpty()) {
      remarks.lost(
          frontend.section().place(),
          Text.shown(frontend.section().title())
              + (binds.isEmpty() ? ": it listens nowhere" : ": it has no servers"));
      return;
    }
    Optional<HaproxyRoute> route = HaproxyRoute.of(target.backend(), servers, remarks);
    if (route.isEmpty()) {
      return;
    }
    HaproxyRoute full = route.get();
    if (target.fallback().isPresent()) {
      full = withFallback(full, target.fallback().get());
    }
    RestTls rest = new HaproxyTls(global, remarks).rest(servers);
    var settings = new HaproxyListener(frontend, target.backend(), servers, global, remarks);
    for (HaproxyBind bind : binds) {
      if (listeners.size() == MOST_LISTENERS) {
        remarks.lost(bind.place(), "bind: more than " + MOST_LISTENERS + " listeners");
        return;
      }
      listeners.add(
          new ListenerPlan(
              frontend.section().title(),
              Text.uniqueName(frontend.section().name(), "listener", names),
              bind,
              servers,
              rest,
              settings.settings(bind, full)));
    }
  }

  private HaproxyRoute withFallback(HaproxyRoute route, HaproxyProxy backend) {
    return HaproxyRoute.of(backend, HaproxyServer.of(backend, remarks), remarks)
        .map(other -> new HaproxyRoute(route.route(), Optional.of(other.route()), route.maxLag()))
        .orElse(route);
  }

  private static boolean isStatistics(HaproxyProxy frontend) {
    boolean exporter =
        frontend.own("http-request").stream()
            .anyMatch(line -> line.words().contains("prometheus-exporter"));
    return !frontend.mode().equals("tcp")
        && frontend.last("server").isEmpty()
        && frontend.last("default_backend").isEmpty()
        && (exporter || frontend.last("stats").isPresent());
  }

  private void statistics(HaproxyProxy frontend, List<HaproxyBind> binds) {
    boolean guarded =
        frontend.last("stats", "auth").isPresent()
            || frontend.last("stats", "http-request", "auth").isPresent()
            || frontend.last("http-request", "auth").isPresent()
            || binds.stream().anyMatch(bind -> bind.options().has("ssl"));
    for (HaproxyBind bind : binds) {
      if (admin.isPresent()) {
        remarks.lost(bind.place(), "bind: there is one admin endpoint, and it is elsewhere");
        continue;
      }
      admin = Optional.of(new AdminPlan(bind, guarded));
      if (guarded) {
        remarks.lost(
            bind.place(),
            "statistics with a password or TLS: the admin endpoint has neither, so it stays on"
                + " 127.0.0.1");
      }
      remarks.changed(
          bind.place(),
          "statistics: the admin endpoint has the dashboard at /, Prometheus at /metrics, and JSON"
              + " at /api/v1/status; it changes nothing, and names users, databases and clients");
    }
  }
}
