package io.trunkline.loadtest.lab;

import java.util.List;
import java.util.stream.Collectors;

/** {@code haproxy.cfg} as users write it today, and one tuned as far as HAProxy goes. */
final class HaproxyFile {
  private HaproxyFile() {}

  static String render(ProxyKind kind, boolean tls, List<? extends Peer> members) {
    boolean tuned = kind == ProxyKind.HAPROXY_TUNED;
    String checks =
        tuned
            ? "inter 1s fastinter 1s downinter 1s fall 2 rise 1"
            : "maxconn 100 inter 3s fall 3 rise 2";
    String sessions = checks + " on-marked-down shutdown-sessions";
    return (tuned
            ? global(4000, "retries 1\n  option redispatch", "1s")
            : global(100, "retries 2", "4s"))
        + listen("write", 5000, "/primary", sessions, "30m", tls, members)
        + listen("read", 5001, "/replica", sessions, "30m", tls, members)
        + (tuned
            ? listen("postgres", 5432, "/primary", sessions, "30m", tls, members)
            // The VIP fixture: HAProxy's own check interval, 30 s of idleness, no
            // shutdown-sessions.
            : listen("postgres", 5432, "/primary", "", "30s", tls, members));
  }

  private static String listen(
      String name,
      int port,
      String path,
      String server,
      String idle,
      boolean tls,
      List<? extends Peer> members) {
    String head =
        """

        listen %s
          bind *:%d
          timeout client %4$s
          timeout server %4$s
          option httpchk GET %3$s
          http-check expect status 200
        """
            .formatted(name, port, path, idle);
    String defaults = server.isEmpty() ? "" : "  default-server " + server + "\n";
    String check = tls ? "check check-ssl verify none port 8008" : "check port 8008";
    return members.stream()
        .map(m -> "  server %s %s:5432 %s%n".formatted(m.name(), m.address(), check))
        .collect(Collectors.joining("", head + defaults, ""));
  }

  private static String global(int maxconn, String retries, String connect) {
    return """
    global
      maxconn %d
      log stdout format raw local0
      stats socket /run/haproxy-admin.sock mode 600 level admin

    defaults
      mode tcp
      log global
      %s
      timeout connect %s
      timeout client 30m
      timeout server 30m
      timeout check 5s

    listen stats
      mode http
      bind *:7000
      stats enable
      stats uri /stats
    """
        .formatted(maxconn, retries, connect);
  }
}
