package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads haproxy.cfg, in one file or in several that HAProxy is started with. */
final class HaproxyImport {
  private static final int MOST_LISTENERS = 500;

  private final HaproxyGlobal global;
  private final HaproxyBackends reader;
  private final Remarks remarks;
  private final List<ListenerPlan> listeners = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private Optional<AdminPlan> admin = Optional.empty();

  private HaproxyImport(HaproxyGlobal global, HaproxyBackends reader, Remarks remarks) {
    this.global = global;
    this.reader = reader;
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

  /**
   * @param patroni hosts and ports that other files call Patroni's
   */
  static Result of(
      List<ImportSource> sources,
      Map<String, String> environment,
      Set<String> patroni,
      Remarks remarks)
      throws Unparsable {
    var lexer = new HaproxyLexer(environment, remarks);
    List<HaproxyLine> lines = new ArrayList<>();
    for (ImportSource source : sources) {
      lines.addAll(lexer.lines(source));
    }
    List<HaproxySection> sections = HaproxySections.of(lines, remarks);
    HaproxyProxy.All proxies = HaproxyProxy.of(sections);
    HaproxyGlobal global = HaproxyGlobal.of(sections);
    Set<String> known = new HashSet<>(patroni);
    var quiet = new HaproxyBackends(proxies.backends(), known, global, new Remarks());
    proxies.backends().values().forEach(backend -> quiet.learn(backend, known));
    var reader =
        new HaproxyImport(
            global, new HaproxyBackends(proxies.backends(), known, global, remarks), remarks);
    proxies.frontends().values().forEach(it -> reader.frontend(it, proxies.backends()));
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

  private void frontend(HaproxyProxy frontend, Map<String, HaproxyProxy> backends) {
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
    if (target.isEmpty()) {
      return;
    }
    if (binds.isEmpty()) {
      remarks.lost(
          frontend.section().place(),
          Text.shown(frontend.section().title()) + ": it listens nowhere");
      return;
    }
    reader
        .read(target.get().backend())
        .ifPresent(main -> listeners(frontend, main, route(frontend, target.get(), main), binds));
  }

  private void listeners(
      HaproxyProxy frontend, HaproxyBackend main, HaproxyRoute route, List<HaproxyBind> binds) {
    var settings = new HaproxyListener(frontend, main.proxy(), main.servers(), global, remarks);
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
              main.servers(),
              main.rest(),
              settings.settings(bind, route)));
    }
  }

  /**
   * That of the backend, unless sessions went to others as well, by conditions that nobody can
   * evaluate.
   */
  private HaproxyRoute route(HaproxyProxy frontend, HaproxyTarget target, HaproxyBackend main) {
    Set<String> routes = new LinkedHashSet<>(List.of(main.route().written()));
    target.others().stream()
        .flatMap(other -> reader.read(other).stream())
        .forEach(other -> routes.add(other.route().written()));
    if (routes.size() > 1) {
      remarks.missing(
          frontend.section().place(),
          Text.shown(frontend.section().title())
              + ": conditions that cannot be evaluated here divide its sessions between several"
              + " routes; "
              + HaproxyRoute.CHOICES);
      return HaproxyRoute.UNKNOWN;
    }
    return target
        .fallback()
        .flatMap(reader::read)
        .map(fallback -> main.route().withFallback(fallback.route()))
        .orElse(main.route());
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
