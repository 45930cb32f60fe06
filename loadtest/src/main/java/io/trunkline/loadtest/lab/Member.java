package io.trunkline.loadtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A database node: Patroni and PostgreSQL, on the first three with etcd beside them. */
public final class Member extends Node {
  static final int REST_PORT = 8008;
  static final int POSTGRES_PORT = 5432;
  private static final Duration REST_LIMIT = Duration.ofSeconds(3);

  private final Http http;
  private final boolean etcd;

  Member(String name, String address, Path directory, Machine machine, Http http, boolean etcd) {
    super(name, address, directory, machine);
    this.http = http;
    this.etcd = etcd;
  }

  public boolean runsEtcd() {
    return etcd;
  }

  /** Runs SQL as superuser inside the node: works while the node is cut off. Unaligned output. */
  public String sql(String statement) {
    return exec("psql", "-XAtq", "-U", ClusterLayout.SUPERUSER, "-d", "postgres", "-c", statement)
        .strip();
  }

  /** Patroni's {@code GET /patroni}, if it answers. */
  public Optional<JsonNode> patroni() {
    return get("/patroni").map(Http.Reply::body).map(Json::parse);
  }

  /** The status of one of Patroni's health checks ({@code /primary}); 0 when it does not answer. */
  public int check(String path) {
    return get(path).map(Http.Reply::status).orElse(0);
  }

  /**
   * Keeps a replica behind by this much. Patroni resumes a paused replay within a loop, so the
   * replay is delayed instead of paused.
   */
  public void delayReplay(Duration delay) {
    sql("alter system set recovery_min_apply_delay = '" + delay.toMillis() + "ms'");
    sql("select pg_reload_conf()");
  }

  public void resumeReplay() {
    sql("alter system reset recovery_min_apply_delay");
    sql("select pg_reload_conf()");
  }

  /** Throws the data away; Patroni clones the member anew. */
  void reinitialize() {
    exec("svc", "wipe");
  }

  private Optional<Http.Reply> get(String path) {
    try {
      return Optional.of(http.send("GET", address(), REST_PORT, path, null, REST_LIMIT));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
