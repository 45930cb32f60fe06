package io.trunkline.loadtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A proxy node, with one daemon on it. */
public final class ProxyNode extends Node {
  static final int ADMIN_PORT = 7000;
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(3);

  private static final int LAST_LINES = 30;

  private final ProxyKind kind;
  private final Http http = Http.plain();

  ProxyNode(String name, String address, Path directory, Machine machine, ProxyKind kind) {
    super(name, address, directory, machine);
    this.kind = kind;
  }

  public ProxyKind kind() {
    return kind;
  }

  /** The daemon, for {@code kill9}, {@code stop}, {@code pause} and so on. */
  public Service daemon() {
    return kind.daemon();
  }

  /** SIGTERM, wait for the end, start. */
  public void restart() {
    stop(daemon());
    start(daemon());
  }

  /** Replaces the daemon's configuration file; takes effect at its next start or reload. */
  public void configure(String text) {
    write(kind == ProxyKind.TRUNKLINE ? "etc/trunkline.yaml" : "etc/haproxy.cfg", text);
  }

  /** What the daemon wrote to stdout and stderr. */
  public Path log() {
    return file("log/" + daemon().id() + ".log");
  }

  /** The end of the log. */
  public String lastWords() {
    List<String> lines = ServerLog.lines(log());
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  /** {@code GET /api/v1/status} of Trunkline. */
  public JsonNode status() {
    return Json.parse(admin("/api/v1/status").body());
  }

  /** {@code GET /metrics} of Trunkline. */
  public String metrics() {
    return admin("/metrics").body();
  }

  /** {@code GET /readyz} of Trunkline: false also when nothing answers. */
  public boolean ready() {
    try {
      return http.send("GET", address(), ADMIN_PORT, "/readyz", null, ADMIN_LIMIT).ok();
    } catch (IOException e) {
      return false;
    }
  }

  /** What Trunkline's control socket answers to {@code POST /api/v1/} and that. */
  public String post(String command) {
    return exec(
        "curl",
        "-sSf",
        "--max-time",
        "60",
        "--unix-socket",
        "/run/trunkline/admin.sock",
        "-X",
        "POST",
        "http://localhost/api/v1/" + command);
  }

  /**
   * What the JDK's jcmd says of Trunkline's process: {@code GC.run}, {@code GC.class_histogram}.
   */
  public String jcmd(String command) {
    return exec("sh", "-c", "/opt/jdk/bin/jcmd $(cat /lab/run/trunkline.pid) " + command);
  }

  /** Has a new process take over from the one that runs, as {@code trunkline upgrade} does. */
  public void upgrade() {
    JsonNode answer = Json.parse(post("upgrade"));
    if (!answer.path("upgraded").asBoolean()) {
      throw new LabException(name() + ": not upgraded: " + answer);
    }
    write("run/trunkline.pid", answer.path("process").asLong() + "\n");
  }

  private Http.Reply admin(String path) {
    try {
      return http.send("GET", address(), ADMIN_PORT, path, null, ADMIN_LIMIT);
    } catch (IOException e) {
      throw new LabException(name() + ": no answer from " + path, e);
    }
  }
}
