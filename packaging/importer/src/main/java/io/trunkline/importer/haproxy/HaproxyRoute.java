package io.trunkline.importer.haproxy;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.RouteKind;
import io.trunkline.importer.patroni.PatroniRoute;
import java.util.Optional;

/**
 * What a listener's sessions go to.
 *
 * @param route empty where the files do not say it
 * @param fallback as it is written
 */
record HaproxyRoute(Optional<RouteKind> route, Optional<String> fallback, Optional<String> maxLag) {
  /** No file says it; {@code trunkline check} refuses it. */
  static final HaproxyRoute UNKNOWN =
      new HaproxyRoute(Optional.empty(), Optional.empty(), Optional.empty());

  static final String CHOICES =
      "write which members it is for as route: primary, replica, any, sync, async or"
          + " standby_leader";

  static HaproxyRoute of(PatroniRoute found) {
    return new HaproxyRoute(
        Optional.of(found.route()), found.fallback().map(RouteKind::label), found.maxLag());
  }

  HaproxyRoute withFallback(HaproxyRoute other) {
    return new HaproxyRoute(
        route, Optional.of(other.written()).filter(it -> !it.equals(written())), maxLag);
  }

  String written() {
    return route.map(RouteKind::label).orElse(ConfigLoader.CHANGE_ME);
  }

  boolean is(RouteKind kind) {
    return route.filter(kind::equals).isPresent();
  }
}
