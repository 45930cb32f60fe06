package io.trunkline.simulation.patroni;

import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.network.TcpSide;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedProcess;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Patroni's REST API: HTTP/1.0, one answer for each connection. {@code GET /primary} has status 200
 * while Patroni believes that it holds the lock, whatever PostgreSQL does; the body is that of
 * {@code GET /patroni} ({@code patroni/api.py}).
 */
public final class PatroniRest {
  /** Its port. */
  public static final int PORT = 8008;

  /** PostgreSQL's system identifier of the simulated cluster. */
  public static final String SYSTEM = "7000000000000000001";

  private final Patroni patroni;
  private final Network network;
  private final String host;
  private final Randomness random;
  private @Nullable SimulatedProcess process;
  private boolean failsafe;
  private long etcdSeenAt;
  private Trouble trouble = Trouble.NONE;
  private byte[] recorded = new byte[0];

  /** What is wrong with its answers. */
  public enum Trouble {
    NONE,
    /** Connections are accepted, and nothing is said. */
    SILENT,
    /**
     * A cache in front of it goes on saying what it said when the trouble began, also while Patroni
     * is stopped.
     */
    STALE,
    /** It says that it is the running primary and holds the lock. */
    CLAIMS_PRIMARY,
    /** Not JSON. */
    JUNK,
    /** Answers take seconds. */
    SLOW
  }

  PatroniRest(Patroni patroni, Network network, String host, Randomness random) {
    this.patroni = patroni;
    this.network = network;
    this.host = host;
    this.random = random;
  }

  void start(SimulatedProcess runsAs) {
    process = runsAs;
    network.listen(host, PORT, socket -> accept(socket, runsAs));
  }

  /** From now on its answers are wrong in that way. */
  public void trouble(Trouble kind) {
    recorded = response(primaryRole(), patroni.leads(), state());
    trouble = kind;
  }

  void failsafe(boolean active) {
    failsafe = active;
  }

  void sawEtcd() {
    failsafe = false;
    if (process != null) {
      etcdSeenAt = process.scheduler().now();
    }
  }

  private void accept(TcpSide socket, SimulatedProcess runsAs) {
    if (runsAs.dead() && trouble != Trouble.STALE) {
      socket.close(true);
      return;
    }
    socket.listen(_ -> onChanged(socket, runsAs));
    onChanged(socket, runsAs);
  }

  private void onChanged(TcpSide socket, SimulatedProcess runsAs) {
    if (!socket.readable()) {
      return;
    }
    while (socket.read() != null) {
      // One request, which is known.
    }
    long takes = trouble == Trouble.SLOW ? random.millis(500, 4000) : random.latency(3);
    Runnable answered =
        () -> {
          socket.write(answer());
          socket.close(false);
        };
    switch (trouble) {
      case SILENT -> {}
      case STALE -> runsAs.scheduler().after(takes, answered);
      case NONE, CLAIMS_PRIMARY, JUNK, SLOW -> runsAs.after(takes, answered);
    }
  }

  private byte[] answer() {
    return switch (trouble) {
      case NONE, SILENT, SLOW -> response(primaryRole(), patroni.leads(), state());
      case STALE -> recorded;
      case CLAIMS_PRIMARY -> response(patroni.version().primaryRole(), true, "running");
      case JUNK -> http(200, "<html>502</html>");
    };
  }

  private String primaryRole() {
    return patroni.postgres().primary() ? patroni.version().primaryRole() : "replica";
  }

  private String state() {
    return switch (patroni.postgres().state()) {
      case DOWN -> "stopped";
      case STARTING -> "starting";
      case STOPPING -> "stopping";
      case RECOVERY, PROMOTING, PRIMARY -> "running";
    };
  }

  private byte[] response(String role, boolean holdsLock, String state) {
    Postgres postgres = patroni.postgres();
    boolean primary = !role.equals("replica");
    String xlog =
        primary
            ? "{\"location\":%d}".formatted(postgres.position())
            : "{\"received_location\":%1$d,\"replayed_location\":%1$d,\"replayed_timestamp\":null,\"paused\":false}"
                .formatted(postgres.position());
    String timeline = postgres.running() ? "\"timeline\":%d,".formatted(postgres.timeline()) : "";
    String body =
        ("{\"state\":\"%s\",\"role\":\"%s\",\"server_version\":150014,\"xlog\":%s,%s%s%s\"dcs_last_seen\":%d,"
             + "\"database_system_identifier\":\"%s\",\"patroni\":{\"version\":\"%s\",\"scope\":\"main\"%s}}")
            .formatted(
                state,
                role,
                xlog,
                timeline,
                failsafe ? "\"failsafe_mode_is_active\":true," : "",
                patroni.settings().pause() ? "\"pause\":true," : "",
                TimeUnit.NANOSECONDS.toSeconds(etcdSeenAt),
                SYSTEM,
                patroni.version().number(),
                patroni.version() == PatroniVersion.V3_0
                    ? ""
                    : ",\"name\":\"" + patroni.name() + "\"");
    return http(holdsLock && primary ? 200 : 503, body);
  }

  private static byte[] http(int status, String body) {
    return "HTTP/1.0 %d %s\r\nServer: BaseHTTP/0.6 Python/3.11.2\r\nContent-Type: application/json\r\n\r\n%s"
        .formatted(status, status == 200 ? "OK" : "Service Unavailable", body)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The value of its member key ({@code Ha.touch_member}). */
  String memberKey() {
    Postgres postgres = patroni.postgres();
    boolean running = postgres.running();
    return ("{\"conn_url\":\"postgres://%1$s:5432/postgres\",\"api_url\":\"http://%1$s:8008/patroni\","
                + "\"state\":\"%2$s\",\"role\":\"%3$s\",\"version\":\"%4$s\"%5$s%6$s}")
        .formatted(
            host,
            state(),
            primaryRole(),
            patroni.version().number(),
            running
                ? ",\"xlog_location\":%d,\"timeline\":%d"
                    .formatted(postgres.position(), postgres.timeline())
                : "",
            patroni.settings().pause() ? ",\"pause\":true" : "");
  }
}
