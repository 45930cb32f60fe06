package io.trunkline.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The listeners of a file that names none: write on 5000, read on 5001, postgres on 5432. */
final class DefaultListeners {
  private static final long READ_LAG = 16L << 20;

  private DefaultListeners() {}

  static List<ListenerConfig> of(String cluster) {
    return List.of(
        listener("write", 5000, cluster, RouteKind.PRIMARY, Optional.empty(), OptionalLong.empty()),
        listener(
            "read",
            5001,
            cluster,
            RouteKind.REPLICA,
            Optional.of(RouteKind.PRIMARY),
            OptionalLong.of(READ_LAG)),
        listener(
            "postgres", 5432, cluster, RouteKind.PRIMARY, Optional.empty(), OptionalLong.empty()));
  }

  private static ListenerConfig listener(
      String name,
      int port,
      String cluster,
      RouteKind route,
      Optional<RouteKind> fallback,
      OptionalLong maxLag) {
    return new ListenerConfig(
        name,
        new HostPort("0.0.0.0", port),
        cluster,
        route,
        fallback,
        Balance.LEAST_CONNECTIONS,
        maxLag,
        Map.of(),
        ListenerReader.SLOW_START,
        ListenerReader.LIMITS,
        ListenerReader.STARTUP_TIMEOUT,
        ListenerReader.CONNECT_TIMEOUT,
        TcpReader.DEFAULT,
        TlsReader.PASSTHROUGH,
        TlsReader.NO_BACKEND_TLS,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        false,
        true,
        DialTarget.POSTGRES);
  }
}
