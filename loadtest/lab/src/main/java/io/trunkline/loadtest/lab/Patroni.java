package io.trunkline.loadtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an operator asks of Patroni, through its REST API. */
public final class Patroni {
  /** The key of the dynamic configuration. */
  static final String SYNCHRONOUS_MODE = "synchronous_mode";

  private static final Duration SLOW = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /**
   * What Patroni says of a switchover that takes longer than it waits: 10 s, or a {@code loop_wait}
   * ({@code patroni/api.py}, {@code poll_failover_result}). It goes on.
   */
  private static final String UNKNOWN = "status unknown";

  private static final String SYNCHRONOUS =
      """
      select string_agg(application_name, ',') from pg_stat_replication
       where state = 'streaming' and sync_state = 'sync'
      """;

  private final Http http;
  private final EtcdClient etcd;
  private final Supplier<List<Member>> members;

  Patroni(Http http, EtcdClient etcd, Supplier<List<Member>> members) {
    this.http = http;
    this.etcd = etcd;
    this.members = members;
  }

  /** The member that the leader key names now. */
  public Optional<String> leader() {
    return etcd.get(ClusterLayout.PREFIX + "leader");
  }

  /**
   * Puts the leader key without a comparison, as Patroni 3.0.2 does for a member whose lease has
   * expired unnoticed ({@code patroni/dcs/etcd3.py}, {@code _update_leader}). There it is a race;
   * here it happens when a test wants it.
   */
  public void putLeaderKey(Member member) {
    etcd.put(ClusterLayout.PREFIX + "leader", member.name());
  }

  /** A planned switchover; returns when Patroni says that it is done, or when it is. */
  public void switchover(@Nullable Member candidate) {
    Map<String, Object> request = request(candidate, null);
    Http.Reply reply = post("/switchover", request);
    if (reply.body().contains(UNKNOWN)) {
      Await.until(
          "switchover: " + reply + "; another leader",
          SLOW,
          () -> leader().filter(name -> !name.equals(request.get("leader"))).isPresent());
    } else if (!reply.ok()) {
      throw new LabException("switchover: " + reply);
    }
  }

  public void switchover() {
    switchover(null);
  }

  /** A planned switchover at a time to come; Patroni announces it in the failover key at once. */
  public void scheduleSwitchover(Member candidate, Instant at) {
    Http.Reply reply = post("/switchover", request(candidate, at));
    if (reply.status() != 202) {
      throw new LabException("scheduled switchover: " + reply);
    }
  }

  public void cancelSwitchover() {
    send("DELETE", "/switchover", null, LIMIT);
  }

  /** Patroni's maintenance mode, until {@link #resume}; returns when every member knows. */
  public void pause() {
    set(Map.of("pause", true));
    Await.until("every member is paused", Duration.ofSeconds(20), () -> paused(true));
  }

  public void resume() {
    set(Collections.singletonMap("pause", null));
    Await.until("no member is paused", Duration.ofSeconds(20), () -> paused(false));
  }

  /** Changes the dynamic configuration; a null value removes the key. */
  public void set(Map<String, ?> settings) {
    Http.Reply reply = send("PATCH", "/config", Json.of(new HashMap<>(settings)), LIMIT);
    if (!reply.ok()) {
      throw new LabException("PATCH /config: " + reply);
    }
  }

  /**
   * Turns synchronous mode on until {@link Lab#heal}; returns when a commit waits for a standby.
   */
  public void synchronousMode() {
    set(Map.of(SYNCHRONOUS_MODE, true));
    Await.until("a synchronous standby", Duration.ofSeconds(30), this::synchronous);
  }

  /** Whether the leader has a standby that it waits for, which Patroni may promote. */
  private boolean synchronous() {
    String standby =
        etcd.get(ClusterLayout.PREFIX + "sync")
            .map(text -> Json.parse(text).path("sync_standby").asText(""))
            .orElse("");
    try {
      return members.get().stream()
          .filter(member -> leader().equals(Optional.of(member.name())))
          .anyMatch(leader -> leader.ask(SYNCHRONOUS).equals(standby) && !standby.isEmpty());
    } catch (LabException e) {
      return false; // the leader changes
    }
  }

  JsonNode config() {
    return Json.parse(send("GET", "/config", null, LIMIT).body());
  }

  private boolean paused(boolean wanted) {
    return members.get().stream()
        .flatMap(m -> m.patroni().stream())
        .allMatch(status -> status.path("pause").asBoolean(false) == wanted);
  }

  private Map<String, Object> request(@Nullable Member candidate, @Nullable Instant at) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("leader", leader().orElseThrow(() -> new LabException("no leader")));
    if (candidate != null) {
      request.put("candidate", candidate.name());
    }
    if (at != null) {
      request.put("scheduled_at", at.toString());
    }
    return request;
  }

  private Http.Reply post(String path, Object body) {
    return send("POST", path, Json.of(body), SLOW);
  }

  /** To the leader if there is one, else to whoever answers. */
  private Http.Reply send(String method, String path, @Nullable String body, Duration limit) {
    String leader = leader().orElse("");
    List<Member> order =
        members.get().stream()
            .sorted((a, b) -> Boolean.compare(b.name().equals(leader), a.name().equals(leader)))
            .toList();
    IOException last = new IOException("no member");
    for (Member member : order) {
      try {
        return http.send(method, member.address(), Member.REST_PORT, path, body, limit);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new LabException("no Patroni answers " + path, last);
  }
}
