package io.trunkline.loadtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A database node: Patroni and PostgreSQL, on the first three with etcd beside them. */
public final class Member extends Node {
  static final int REST_PORT = 8008;
  static final int POSTGRES_PORT = 5432;
  private static final Duration REST_LIMIT = Duration.ofSeconds(3);

  private static final Duration RELOAD = Duration.ofSeconds(15);
  private static final String PATRONI_FILE = "etc/patroni.yml";
  private static final String NO_DELAY = "recovery_min_apply_delay: 0ms";
  private static final String REPLAY_DELAY =
      "select setting from pg_settings where name = 'recovery_min_apply_delay'";

  private final Http http;
  private final ClusterLayout layout;
  private final boolean etcd;
  private final String configuration;
  private final StandingSession superuser;

  Member(
      String name,
      String address,
      Path directory,
      Machine machine,
      Http http,
      ClusterLayout layout,
      boolean etcd,
      String configuration,
      Target superuser) {
    super(name, address, directory, machine);
    this.http = http;
    this.layout = layout;
    this.etcd = etcd;
    this.configuration = configuration;
    this.superuser = new StandingSession(superuser);
    write(PATRONI_FILE, configuration);
  }

  public boolean runsEtcd() {
    return etcd;
  }

  /** Runs SQL as superuser inside the node: works while the node is cut off. Unaligned output. */
  public String sql(String statement) {
    return exec("psql", "-XAtq", "-U", ClusterLayout.SUPERUSER, "-d", "postgres", "-c", statement)
        .strip();
  }

  /**
   * The first column of the answer's rows, by a session of the superuser that stays. For what is
   * asked again and again: {@link #sql} takes hundreds of times as much of the processors.
   *
   * @throws LabException also while the node is cut off
   */
  public String ask(String query) {
    return superuser.ask(query);
  }

  /** Ends the session of {@link #ask}. */
  void forget() {
    superuser.close();
  }

  /** Patroni's {@code GET /patroni}, if it answers. */
  public Optional<JsonNode> patroni() {
    return get("/patroni").map(Http.Reply::body).map(Json::parse);
  }

  /**
   * Runs Trunkline beside PostgreSQL, without listeners: an address that follows Patroni's leader.
   */
  public void followLeader(String address) {
    write("etc/trunkline.yaml", TrunklineFile.follower(layout, name(), address));
    start(Service.TRUNKLINE);
  }

  /** The status of one of Patroni's health checks ({@code /primary}); 0 when it does not answer. */
  public int check(String path) {
    return get(path).map(Http.Reply::status).orElse(0);
  }

  /**
   * Keeps a replica behind by this much. Patroni resumes a paused replay within a loop, and removes
   * what ALTER SYSTEM says about recovery: so its own file asks for the delay.
   */
  public void delayReplay(Duration delay) {
    requestDelay(delay);
    Await.until(
        name() + " delays its replay by " + delay, RELOAD, () -> replayDelay().equals(delay));
  }

  public void resumeReplay() {
    delayReplay(Duration.ZERO);
  }

  /** The same without waiting: for a member that may not answer. */
  void requestDelay(Duration delay) {
    String setting = "recovery_min_apply_delay: " + delay.toMillis() + "ms";
    String wanted = delay.isZero() ? configuration : configuration.replace(NO_DELAY, setting);
    if (!wanted.equals(read(PATRONI_FILE))) {
      write(PATRONI_FILE, wanted);
      exec("sh", "-c", "pid=$(svc alive patroni) && kill -HUP $pid || true");
    }
  }

  Duration replayDelay() {
    return Duration.ofMillis(Long.parseLong(ask(REPLAY_DELAY)));
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
