package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Debian's PgBouncer, one process, each client with a server connection of its own. */
final class PgBouncer {
  private static final String BINARY = "/usr/sbin/pgbouncer";

  private PgBouncer() {}

  static Contender open(Site site, Way way) throws IOException {
    int port = Ports.free();
    Daemon daemon = start(site, way, site.home(way), port);
    return new Contender(way, site.address(), port, port, Optional.of(daemon));
  }

  /**
   * Starts one.
   *
   * @param port where its clients connect
   */
  static Daemon start(Site site, Way way, Path home, int port) throws IOException {
    Path users =
        Files.writeString(home.resolve("users.txt"), "\"postgres\" \"\"\n\"bench\" \"\"\n");
    int most = Site.mostSessions();
    Path file =
        Files.writeString(
            home.resolve("pgbouncer.ini"),
            """
            [databases]
            postgres = host=%s port=%d
            fake = host=%s port=%d
            [pgbouncer]
            listen_addr = %s
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            pool_mode = %s
            server_reset_query =
            max_client_conn = %d
            default_pool_size = %d
            log_connections = 0
            log_disconnections = 0
            """
                .formatted(
                    site.postgres().address(),
                    site.postgres().members().getFirst(),
                    site.fake().address(),
                    site.fake().members().getFirst(),
                    site.address(),
                    port,
                    users,
                    way.poolsTransactions() ? "transaction" : "session",
                    most,
                    most));
    Project.run(5, "chown", "-R", "postgres:", home.toString());
    List<String> command = new ArrayList<>(site.prefix());
    command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    // Again, because a change of user undoes it.
    command.addAll(Leftovers.BOUND_TO_US.subList(1, Leftovers.BOUND_TO_US.size()));
    command.addAll(List.of(BINARY, "--quiet", file.toString()));
    return Daemon.start(
        new Daemon.Launch(home.resolve("log"), command, Map.of(), site.address(), List.of(port)));
  }
}
