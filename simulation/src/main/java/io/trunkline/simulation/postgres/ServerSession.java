package io.trunkline.simulation.postgres;

import io.trunkline.simulation.network.TcpSide;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * One process of PostgreSQL that serves a client: the startup packet, then simple queries
 * (PostgreSQL documentation: "Message Flow"). {@code COMMIT n} commits, {@code SLEEP ms} takes so
 * long, what Trunkline's sentinel asks is answered, anything else reads. As from release 14 on,
 * what a server is is reported with the answer that follows a change.
 */
final class ServerSession {
  private final Postgres server;
  private final TcpSide socket;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private int used;
  private String client = "";
  private boolean started;
  private boolean busy;
  private boolean promoted;
  private boolean toldReadOnly;
  private boolean begunOnStandby;
  private boolean over;

  ServerSession(Postgres server, TcpSide socket) {
    this.server = server;
    this.socket = socket;
  }

  void begin() {
    socket.listen(_ -> onChanged());
    onChanged();
  }

  /** Whether it began while the server was a standby, and its client is still there. */
  boolean begunOnStandby() {
    return begunOnStandby && socket.whole();
  }

  /** What its client calls itself: the application_name of the startup packet. */
  String client() {
    return client;
  }

  private void onChanged() {
    if (over) {
      return;
    }
    if (socket.state() == TcpSide.State.FAILED) {
      end(false);
      return;
    }
    for (byte[] bytes = socket.read(); bytes != null; bytes = socket.read()) {
      received.writeBytes(bytes);
    }
    proceed();
    if (!over && socket.finished()) {
      end(false);
    }
  }

  private void proceed() {
    byte[] bytes = received.toByteArray();
    while (!over && !busy) {
      int left = bytes.length - used;
      int header = started ? 5 : 4;
      if (left < header) {
        return;
      }
      int length = ByteBuffer.wrap(bytes).getInt(used + header - 4) + (started ? 1 : 0);
      if (left < length) {
        return;
      }
      byte[] message = Arrays.copyOfRange(bytes, used, used + length);
      used += length;
      if (started) {
        onMessage((char) message[0], message);
      } else {
        onStartup(message);
      }
    }
    if (used == bytes.length && used > 0) {
      received.reset();
      used = 0;
    }
  }

  private void onStartup(byte[] packet) {
    String[] parameters =
        new String(packet, 8, packet.length - 8, StandardCharsets.UTF_8).split("\0", -1);
    for (int i = 0; i + 1 < parameters.length; i += 2) {
      if (parameters[i].equals("application_name")) {
        client = parameters[i + 1];
      }
    }
    busy = true;
    // Fork, and authentication.
    server.scheduler().after(server.random().latency(2), this::answerStartup);
  }

  private void answerStartup() {
    if (over) {
      return;
    }
    busy = false;
    switch (server.state()) {
      case STARTING -> refuse("57P03", "the database system is starting up");
      case STOPPING -> refuse("57P03", "the database system is shutting down");
      case DOWN -> end(true);
      case RECOVERY, PROMOTING, PRIMARY -> {
        started = true;
        begunOnStandby = !server.primary();
        send(Messages.authenticationOk());
        send(Messages.parameterStatus("server_version", "15.14"));
        send(Messages.parameterStatus("in_hot_standby", server.primary() ? "off" : "on"));
        toldReadOnly = server.readOnly();
        send(Messages.parameterStatus("default_transaction_read_only", onOff(toldReadOnly)));
        send(Messages.backendKeyData(server.nextProcessId()));
        send(Messages.readyForQuery());
        proceed();
      }
    }
  }

  private void refuse(String code, String text) {
    send(Messages.error("FATAL", code, text));
    end(true);
  }

  private void onMessage(char type, byte[] message) {
    if (type == 'X') {
      end(true);
      return;
    }
    String query = new String(message, 5, message.length - 6, StandardCharsets.UTF_8);
    busy = true;
    long takes =
        query.startsWith("SLEEP ")
            ? TimeUnit.MILLISECONDS.toNanos(Long.parseLong(query.substring(6)))
            : server.random().latency(1);
    server.scheduler().after(takes, () -> execute(query));
  }

  private void execute(String query) {
    if (over) {
      return;
    }
    if (query.isEmpty()) {
      send(Messages.emptyQueryResponse());
      ready();
    } else if (query.contains("pg_stat_get_wal_receiver")) {
      send(receiver());
      answer("SELECT 1");
    } else if (query.contains("pg_walfile_name")) {
      String file = server.primary() ? "%08X%016X".formatted(server.timeline(), 3L) : "";
      send(Messages.row(server.primary() ? "f" : "t", onOff(server.readOnly()), file));
      answer("SELECT 1");
    } else if (!query.startsWith("COMMIT ")) {
      answer("SELECT 1");
    } else if (server.primary() && !server.readOnly()) {
      server.commit(this, Long.parseLong(query.substring(7)));
    } else {
      send(Messages.error("ERROR", "25006", "cannot execute INSERT in a read-only transaction"));
      ready();
    }
  }

  /** A row of pg_stat_get_wal_receiver(), and what the server is. */
  private byte[] receiver() {
    Postgres from = server.streamsFrom();
    return Messages.row(
        server.primary() ? "f" : "t",
        onOff(server.readOnly()),
        from == null ? "" : "streaming",
        from == null ? "" : String.valueOf(server.timeline()),
        from == null ? "" : from.host(),
        from == null ? "" : String.valueOf(Postgres.PORT));
  }

  private static String onOff(boolean value) {
    return value ? "on" : "off";
  }

  /** Its commit is where it has to be. */
  void committed() {
    if (!over) {
      answer("INSERT 0 1");
    }
  }

  private void answer(String tag) {
    send(Messages.commandComplete(tag));
    ready();
  }

  private void ready() {
    if (promoted) {
      promoted = false;
      send(Messages.parameterStatus("in_hot_standby", "off"));
    }
    if (toldReadOnly != server.readOnly()) {
      toldReadOnly = server.readOnly();
      send(Messages.parameterStatus("default_transaction_read_only", onOff(toldReadOnly)));
    }
    send(Messages.readyForQuery());
    busy = false;
    proceed();
  }

  /** The server has left recovery: a session that is idle is told with its next answer. */
  void onPromoted() {
    promoted = true;
  }

  /** A fast shutdown. */
  void shutDown() {
    if (over) {
      return;
    }
    if (started) {
      send(Messages.error("FATAL", "57P01", "terminating connection due to administrator command"));
    }
    end(true);
  }

  /** The process was killed. */
  void cut() {
    end(false);
  }

  private void end(boolean inPeace) {
    if (over) {
      return;
    }
    over = true;
    server.over(this);
    socket.close(!inPeace && socket.readable());
  }

  private void send(byte[] message) {
    socket.write(message);
  }
}
