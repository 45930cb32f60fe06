package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Peer;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.lab.Station;
import io.trunkline.loadtest.workload.Target;

/** PgBouncer between clients and a proxy, and between a proxy and PostgreSQL. */
public final class Poolers {
  /** Where PgBouncer listens. */
  public static final int PORT = 6432;

  /** Shorter than its default of 15 s: the next attempt may be the one that succeeds. */
  private static final String COMMON =
      """
      [pgbouncer]
      listen_port = %d
      unix_socket_dir =
      pool_mode = transaction
      server_login_retry = 1
      server_connect_timeout = 30
      """
          .formatted(PORT);

  private Poolers() {}

  /**
   * One on each member. Trunkline dials PostgreSQL's own port: what comes from this proxy is
   * redirected to the pooler, and to PostgreSQL from all others.
   */
  static void startBehind(Lab lab, Peer proxy) {
    Target target = lab.direct(lab.primary());
    for (Member member : lab.members()) {
      member.write(
          "etc/pgbouncer.ini",
          """
          [databases]
          * = host=/run/postgresql port=5432
          """
              + COMMON
              + """
              listen_addr = *
              auth_type = scram-sha-256
              auth_file = /lab/etc/pgbouncer.users
              client_tls_sslmode = allow
              client_tls_cert_file = /lab/certs/node.crt
              client_tls_key_file = /lab/certs/node.key
              """);
      member.write(
          "etc/pgbouncer.users", "\"%s\" \"%s\"\n".formatted(target.user(), target.password()));
      member.job(
          Service.PGBOUNCER,
          """
          iptables -w -t nat -A PREROUTING -s %s -p tcp --dport 5432 -j REDIRECT --to-ports %d
          exec pgbouncer -u postgres /lab/etc/pgbouncer.ini\
          """
              .formatted(proxy.address(), PORT));
      member.write("etc/services", (member.runsEtcd() ? "etcd\n" : "") + "patroni\npgbouncer\n");
      member.start(Service.PGBOUNCER);
    }
  }

  /**
   * The configuration of one on the clients' machine, in front of that listener.
   *
   * @param sslmode libpq's, to the listener
   */
  public static void configureBefore(Station station, Target target, String sslmode) {
    station.write(
        "etc/pgbouncer.ini",
        """
        [databases]
        %s = host=%s port=%d user=%s password=%s
        """
                .formatted(
                    target.database(),
                    target.host(),
                    target.port(),
                    target.user(),
                    target.password())
            + COMMON
            + """
            listen_addr = 127.0.0.1
            auth_type = any
            server_tls_sslmode = %s
            """
                .formatted(sslmode));
  }
}
