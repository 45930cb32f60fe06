package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads haproxy.cfg, in one file or in several that HAProxy is started with. */
public final class HaproxyImport {
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
  public record Result(List<ListenerPlan> listeners, Optional<AdminPlan> admin) {}

  /**
   * Where the statistics were.
   *
   * @param guarded whether not everybody got them, which the admin endpoint cannot do
   */
  public record AdminPlan(HaproxyBind bind, boolean guarded) {}

  /**
   * @param patroni hosts and ports that other files call Patroni's
   */
  public static Result of(
      List<ImportSource> sources,
      Map<String, String> environment,
      Set<String> patroni,
      Remarks remarks)
      throws Unparsable {
    var lexer = new HaproxyLexer(environment, remarks);
    List<Line> lines = new ArrayList<>();
    for (ImportSource source : sources) {
      lines.addAll(lexer.lines(source));
    }
    List<HaproxySection> sections = HaproxySection.of(lines, remarks);
    HaproxyProxy.All proxies = HaproxyProxy.of(sections);
    HaproxyGlobal global = HaproxyGlobal.of(sections);
    Set<String> known = new HashSet<>(patroni);
    var quiet = new HaproxyBackends(proxies.backends(), known, global, new Remarks());
    proxies.backends().values().forEach(backend -> quiet.learn(backend, known));
    var reader =
        new HaproxyImport(
            global, new HaproxyBackends(proxies.backends(), known, global, remarks), remarks);
    proxies.frontends().values().forEach(it -> reader.frontend(it, proxies.backends()));
    sections.forEach(section -> HaproxyKeywords.tellLeft(section, remarks));
    return new Result(List.copyOf(reader.listeners), reader.admin);
  }

  private void frontend(HaproxyProxy frontend, Map<String, HaproxyProxy> backends) {
    List<HaproxyBind> binds =
        frontend.own("bind").stream()
            .flatMap(line -> HaproxyBind.of(line, remarks).stream())
            .toList();
    if (binds.isEmpty()) {
      frontend.section().leaveOut("it listens nowhere", remarks);
    } else if (isStatistics(frontend)) {
      statistics(frontend, binds);
    } else if (frontend.otherProtocol().isPresent()) {
      frontend.section().leaveOut(frontend.otherProtocol().get(), remarks);
    } else {
      HaproxyTarget.of(frontend, backends, remarks)
          .ifPresent(target -> listeners(frontend, target, binds));
    }
  }

  private void listeners(HaproxyProxy frontend, HaproxyTarget target, List<HaproxyBind> binds) {
    Optional<HaproxyBackends.Backend> main = reader.read(target.backend());
    if (main.isPresent()) {
      frontend.take();
      listeners(frontend, main.get(), route(frontend, target, main.get()), binds);
    } else if (!frontend.equals(target.backend())) {
      frontend.section().leaveOut("its backend was left out", remarks);
    }
  }

  private void listeners(
      HaproxyProxy frontend,
      HaproxyBackends.Backend main,
      HaproxyRoute route,
      List<HaproxyBind> binds) {
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
  private HaproxyRoute route(
      HaproxyProxy frontend, HaproxyTarget target, HaproxyBackends.Backend main) {
    Set<String> routes = new LinkedHashSet<>(List.of(main.route().written()));
    target.others().stream()
        .flatMap(other -> reader.read(other).stream())
        .forEach(other -> routes.add(other.route().written()));
    if (routes.size() > 1) {
      remarks.missing(
          frontend.section().place(),
          "%s: conditions that cannot be evaluated here divide its sessions between"
              + " several routes; "
              + HaproxyRoute.CHOICES,
          frontend.section().title());
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
        && !frontend.has("server")
        && !frontend.has("default_backend")
        && (exporter || frontend.has("stats"));
  }

  /** Whether somebody who asks for the statistics may be refused. */
  private static boolean refuses(Line line) {
    return line.begins("stats", "auth")
        || line.begins("stats", "http-request")
        || line.begins("tcp-request", "connection")
        || (line.begins("http-request") && !line.begins("http-request", "use-service"));
  }

  private void statistics(HaproxyProxy frontend, List<HaproxyBind> binds) {
    boolean guarded =
        frontend.effective().stream().anyMatch(HaproxyImport::refuses)
            || binds.stream().anyMatch(bind -> bind.options().has("ssl"));
    frontend.section().takeAll();
    frontend.effective().stream().filter(line -> line.begins("stats")).forEach(Line::takeAll);
    for (HaproxyBind bind : binds) {
      if (admin.isPresent()) {
        remarks.lost(bind.place(), "bind: there is one admin endpoint, and it is elsewhere");
        continue;
      }
      admin = Optional.of(new AdminPlan(bind, guarded));
      if (guarded) {
        remarks.lost(
            bind.place(),
            "statistics with a password, TLS or rules of who may ask: the admin endpoint has none"
                + " of these, so it stays on 127.0.0.1");
      }
      remarks.changed(
          bind.place(),
          "statistics: the admin endpoint has the dashboard at /, Prometheus at /metrics, and JSON"
              + " at /api/v1/status; it changes nothing, and names users, databases and clients");
    }
  }
}
