package io.trunkline.importer.haproxy;

import io.trunkline.config.RouteKind;
import io.trunkline.importer.common.Durations;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.YamlBlock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the settings of the listeners of one frontend. */
record HaproxyListener(
    HaproxyProxy frontend,
    HaproxyProxy backend,
    List<HaproxyServer> servers,
    HaproxyGlobal global,
    Remarks remarks) {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(us|ms|s|m|h|d)?");
  private static final int MOST_CONNECTIONS = 1_000_000;

  YamlBlock settings(HaproxyBind bind, HaproxyRoute route) {
    var listener = new YamlBlock();
    listener.put("route", route.written());
    route.fallback().ifPresent(fallback -> listener.put("fallback", fallback));
    boolean many = !route.is(RouteKind.PRIMARY) && !route.is(RouteKind.STANDBY_LEADER);
    if (many) {
      listener.put("balance", balance());
    }
    route.maxLag().ifPresent(lag -> listener.put("max_lag", lag));
    if (many) {
      weights().ifPresent(weights -> listener.put("weights", weights));
      slowStart().ifPresent(time -> listener.put("slow_start", time));
    }
    listener.put("limits", limits(bind));
    connectTimeout().ifPresent(time -> listener.put("connect_timeout", time));
    new HaproxyTls(global, remarks).write(bind, servers, listener);
    HaproxyAccess access = HaproxyAccess.of(frontend);
    access.write(listener);
    proxyProtocol(bind, access, listener);
    if (route.is(RouteKind.PRIMARY)) {
      remarkOnSupersededPrimary();
    }
    return listener;
  }

  private void remarkOnSupersededPrimary() {
    boolean ends = servers.stream().allMatch(server -> server.options().mentions("on-marked-down"));
    if (!ends) {
      remarks.changed(
          backend.section().place(),
          backend.section().title()
              + ": without on-marked-down shutdown-sessions, sessions stayed on a superseded"
              + " primary; now they end at once");
    }
  }

  private String balance() {
    Optional<Line> line = backend.last("balance");
    String algorithm = line.map(it -> it.take(1)).orElse("roundrobin");
    if (algorithm.startsWith("random")) {
      return "random_two";
    }
    switch (algorithm) {
      case "roundrobin", "static-rr" -> {
        return "round_robin";
      }
      case "leastconn" -> {}
      default ->
          line.ifPresent(
              it -> remarks.changed(it.place(), "balance %s: became least_connections", algorithm));
    }
    return "least_connections";
  }

  /** HAProxy's default weight is 1. Weights that are all the same say nothing. */
  private Optional<Map<String, Integer>> weights() {
    Map<String, Integer> weights = new TreeMap<>();
    for (HaproxyServer server : servers) {
      String written = server.options().value("weight").filter(Text::isNumber).orElse("1");
      int weight = Integer.parseInt(written);
      if (weight == 0) {
        remarks.changed(
            server.place(),
            "weight 0: is the least weight, 1, now; Patroni's tag noloadbalance keeps sessions"
                + " away");
      }
      weights.put(server.name(), Math.clamp(weight, 1, 256));
    }
    if (weights.values().stream().distinct().count() < 2) {
      return Optional.empty();
    }
    remarks.changed(
        servers.getFirst().place(),
        "weight: weights go by the names of Patroni's members; these are the names of the servers");
    return Optional.of(weights);
  }

  private Optional<String> slowStart() {
    List<String> all =
        servers.stream()
            .flatMap(it -> it.options().value("slowstart").stream())
            .distinct()
            .toList();
    if (all.size() > 1) {
      remarks.changed(
          servers.getFirst().place(), "slowstart: the servers' differ; the longest was written");
    }
    return all.stream()
        .flatMap(time -> time(time).stream())
        .max(Comparator.naturalOrder())
        .map(time -> Durations.within(time, Duration.ZERO, Duration.ofHours(1)))
        .map(Durations::written);
  }

  private YamlBlock limits(HaproxyBind bind) {
    var limits = new YamlBlock();
    Optional<String> ofBind = bind.options().value("maxconn");
    Optional<Line> line = ofBind.isPresent() ? Optional.empty() : frontend.last("maxconn");
    Optional<String> own = ofBind.or(() -> line.map(it -> it.take(1)));
    number(own).ifPresent(most -> limits.put("max_connections", most));
    if (own.isEmpty()) {
      global.maxconn().ifPresent(it -> ofTheProcess(it, limits));
    } else {
      remarks.changed(
          line.map(Line::place).orElse(bind.place()),
          "maxconn: clients past it are told so (53300); HAProxy let them wait");
    }
    ofServers().ifPresent(most -> limits.put("max_connections_per_backend", most));
    frontend
        .last("rate-limit", "sessions")
        .flatMap(it -> number(Optional.of(it.take(2))))
        .ifPresent(rate -> limits.put("connection_rate", rate));
    return limits;
  }

  private Optional<String> ofServers() {
    for (HaproxyServer server : servers) {
      server
          .options()
          .at("maxconn")
          .ifPresent(
              place ->
                  remarks.changed(
                      place,
                      "maxconn of a server became max_connections_per_backend, the largest of"
                          + " theirs for all; clients past it are told so (53300), they do not wait"
                          + " in a queue"));
    }
    return servers.stream()
        .flatMap(server -> number(server.options().value("maxconn")).stream())
        .max(Comparator.comparingInt(Integer::parseInt));
  }

  private void ofTheProcess(Line line, YamlBlock limits) {
    number(Optional.of(line.takeFirst(1).take(1)))
        .ifPresent(
            most -> {
              limits.put("max_connections", most);
              remarks.changed(
                  line.place(),
                  "maxconn of the whole process became max_connections of each listener; clients"
                      + " past it are told so (53300); HAProxy let them wait");
            });
  }

  /** 0 is no limit. */
  private static Optional<String> number(Optional<String> text) {
    return text.filter(Text::isNumber)
        .map(Integer::valueOf)
        .filter(number -> number > 0)
        .map(number -> String.valueOf(Math.min(number, MOST_CONNECTIONS)));
  }

  private Optional<String> connectTimeout() {
    return backend
        .last("timeout", "connect")
        .flatMap(line -> time(line.take(2)))
        .map(time -> Durations.within(time, Duration.ofMillis(10), Duration.ofMinutes(5)))
        .map(Durations::written);
  }

  private void proxyProtocol(HaproxyBind bind, HaproxyAccess access, YamlBlock listener) {
    List<String> from = access.proxyProtocolFrom();
    if (bind.options().has("accept-proxy")) {
      from = List.of("0.0.0.0/0", "::/0");
      remarks.changed(
          bind.place(),
          "accept-proxy: a PROXY header is taken from everybody, as it was; name the addresses of"
              + " the balancer in proxy_protocol.from instead");
    }
    if (!from.isEmpty()) {
      listener.put("proxy_protocol", new YamlBlock().put("from", from));
    }
  }

  /** A number and us, ms, s, m, h or d; without a unit, milliseconds. */
  private static Optional<Duration> time(String text) {
    Matcher written = TIME.matcher(text);
    if (!written.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(written.group(1));
    String unit = written.group(2) == null ? "ms" : written.group(2);
    return Optional.of(
        switch (unit) {
          case "us" -> Duration.ofNanos(number * 1000);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofMillis(number);
        });
  }
}
