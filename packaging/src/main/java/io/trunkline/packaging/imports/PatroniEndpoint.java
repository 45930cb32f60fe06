package io.trunkline.packaging.imports;

import io.trunkline.config.RouteKind;
import io.trunkline.packaging.imports.Remark.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a health check of Patroni's REST API selects, as a route (Patroni documentation, "Health
 * check endpoints").
 *
 * @param maxLag as Trunkline writes it
 * @param notes what the route does not say
 */
record PatroniEndpoint(
    RouteKind route, Optional<RouteKind> fallback, Optional<String> maxLag, List<Note> notes) {
  private static final Pattern LAG =
      Pattern.compile("(\\d{1,15})\\s*(b|kb|mb|gb|tb)?", Pattern.CASE_INSENSITIVE);

  /** Something to remark. */
  record Note(Kind kind, String message) {}

  PatroniEndpoint {
    notes = List.copyOf(notes);
  }

  /** The endpoint of that path with its query; empty when Patroni has no such one. */
  static Optional<PatroniEndpoint> of(String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return route(path).map(found -> query < 0 ? found : found.with(uri.substring(query + 1)));
  }

  private static Optional<PatroniEndpoint> route(String path) {
    String name = path.replaceFirst("^/+", "").replaceFirst("/+$", "").replace('_', '-');
    return switch (name) {
      case "", "primary", "master", "read-write" -> Optional.of(plain(RouteKind.PRIMARY));
      case "leader" ->
          Optional.of(
              changed(
                  RouteKind.PRIMARY,
                  "it also means the leader of a standby cluster; route primary does not: write"
                      + " route: standby_leader where that is wanted"));
      case "standby-leader" -> Optional.of(plain(RouteKind.STANDBY_LEADER));
      case "replica" -> Optional.of(plain(RouteKind.REPLICA));
      case "read-only" -> Optional.of(plain(RouteKind.ANY));
      case "sync", "synchronous" -> Optional.of(plain(RouteKind.SYNC));
      case "async", "asynchronous" -> Optional.of(plain(RouteKind.ASYNC));
      case "quorum" ->
          Optional.of(
              changed(
                  RouteKind.SYNC, "route sync is whom Patroni lists as sync or quorum standby"));
      case "read-only-sync", "read-only-quorum" ->
          Optional.of(
              changed(
                  RouteKind.SYNC,
                  Optional.of(RouteKind.PRIMARY),
                  "the primary takes reads only when no synchronous standby does, not beside"
                      + " them"));
      case "health", "liveness", "readiness", "patroni" ->
          Optional.of(
              changed(
                  RouteKind.ANY,
                  "it does not ask for a role; route any is the primary and the replicas without"
                      + " the tag noloadbalance"));
      default -> Optional.empty();
    };
  }

  private static PatroniEndpoint plain(RouteKind route) {
    return new PatroniEndpoint(route, Optional.empty(), Optional.empty(), List.of());
  }

  private static PatroniEndpoint changed(RouteKind route, String message) {
    return changed(route, Optional.empty(), message);
  }

  private static PatroniEndpoint changed(
      RouteKind route, Optional<RouteKind> fallback, String message) {
    return new PatroniEndpoint(
        route, fallback, Optional.empty(), List.of(new Note(Kind.CHANGED, message)));
  }

  private PatroniEndpoint with(String query) {
    Optional<String> lag = maxLag;
    List<Note> more = new ArrayList<>(notes);
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String key = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = equals < 0 ? "" : parameter.substring(equals + 1);
      if (key.equals("lag")) {
        lag = size(value);
        if (lag.isEmpty()) {
          more.add(new Note(Kind.LOST, "lag=" + Text.shown(value) + " is not a size"));
        }
      } else if (parameter.equals("replication_state=streaming")) {
        more.add(
            new Note(
                Kind.CHANGED,
                "replication_state: replicas that catch up from the archive are taken as well, up"
                    + " to max_lag where it is set"));
      } else if (!key.isEmpty()) {
        more.add(
            new Note(
                Kind.LOST,
                Text.shown(key)
                    + ": members cannot be chosen by it; weights and zone can prefer some"));
      }
    }
    return new PatroniEndpoint(route, fallback, lag, more);
  }

  /** As Patroni, which takes units in any case; bytes without one. */
  static Optional<String> size(String text) {
    Matcher written = LAG.matcher(text.strip());
    if (!written.matches()) {
      return Optional.empty();
    }
    long number = Math.max(1, Long.parseLong(written.group(1)));
    if (written.group(2) != null) {
      String unit = written.group(2).toUpperCase(Locale.ROOT);
      return Optional.of(number + (unit.equals("KB") ? "kB" : unit));
    }
    long bytes = number;
    String unit = "B";
    for (String larger : new String[] {"kB", "MB", "GB"}) {
      if (bytes % 1024 != 0) {
        break;
      }
      bytes /= 1024;
      unit = larger;
    }
    return Optional.of(bytes + unit);
  }
}
