package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Readers stay in their zone while there is room, and weights share the rest; told by a reload. */
@ExtendWith(SharedLab.class)
class ZoneIT {

  @Test
  void readersGoToTheirOwnZoneAndSpillOver(Lab lab) throws Exception {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member near = lab.replicas().getFirst();
    Member far = lab.replicas().getLast();
    ProxyNode proxy = lab.proxy(1);
    String before = Files.readString(proxy.file("etc/trunkline.yaml"));
    List<Connection> sessions = new ArrayList<>();
    try {
      tag(near, "a");
      tag(far, "b");
      reload(
          proxy,
          """
          zone: a
          %s
          listeners:
            - {name: write, bind: "0.0.0.0:5000", route: primary}
            - name: read
              bind: "0.0.0.0:5001"
              route: replica
              slow_start: 0s
              limits: {max_connections_per_backend: 3}
          """
              .formatted(before));
      Target read = lab.target(proxy, 5001);
      Await.until(
          "the zones are known", Duration.ofSeconds(20), () -> alwaysOn(read, near.address()));
      Await.until("they have left", Duration.ofSeconds(10), () -> connections(proxy) == 0);
      for (int i = 0; i < 3; i++) {
        sessions.add(read.connect());
        assertThat(server(sessions.getLast())).as("there is room").isEqualTo(near.address());
      }
      sessions.add(read.connect());
      assertThat(server(sessions.getLast())).as("it is full").isEqualTo(far.address());
      close(sessions);
      near.kill9(Service.PATRONI);
      near.kill9(Service.POSTGRES);
      sessions.add(read.connect());
      assertThat(server(sessions.getLast())).as("it is gone").isEqualTo(far.address());
    } finally {
      close(sessions);
      tag(near, "");
      tag(far, "");
      reload(proxy, before);
    }
  }

  @Test
  void weightsShareTheReaders(Lab lab) throws Exception {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member heavy = lab.replicas().getFirst();
    Member light = lab.replicas().getLast();
    ProxyNode proxy = lab.proxy(1);
    String before = Files.readString(proxy.file("etc/trunkline.yaml"));
    List<Connection> sessions = new ArrayList<>();
    try {
      reload(
          proxy,
          """
          %s
          listeners:
            - {name: write, bind: "0.0.0.0:5000", route: primary}
            - name: read
              bind: "0.0.0.0:5001"
              route: replica
              slow_start: 0s
              weights: {%s: 200, %s: 50}
          """
              .formatted(before, heavy.name(), light.name()));
      Target read = lab.target(proxy, 5001);
      Await.until(
          "both replicas stream again",
          Duration.ofSeconds(30),
          () -> servers(read, 5).equals(Set.of(heavy.address(), light.address())));
      Await.until("they have left", Duration.ofSeconds(10), () -> connections(proxy) == 0);
      for (int i = 0; i < 10; i++) {
        sessions.add(read.connect());
      }
      List<String> servers = new ArrayList<>();
      for (Connection session : sessions) {
        servers.add(server(session));
      }
      assertThat(servers.stream().filter(heavy.address()::equals)).as("%s", servers).hasSize(8);
      assertThat(servers.stream().filter(light.address()::equals)).as("%s", servers).hasSize(2);
    } finally {
      close(sessions);
      reload(proxy, before);
    }
  }

  /** Gives it Patroni's tag; an empty zone takes it away. */
  private static void tag(Member member, String zone) throws IOException {
    String file =
        Files.readString(member.file("etc/patroni.yml")).replaceAll("(?s)\ntags:.*", "\n");
    member.write("etc/patroni.yml", zone.isEmpty() ? file : file + "tags: {zone: " + zone + "}\n");
    if (member.alive(Service.PATRONI)) {
      member.exec("sh", "-c", "kill -HUP $(cat /lab/run/patroni.pid)");
    }
  }

  private static void reload(ProxyNode proxy, String config) {
    proxy.configure(config);
    String answer =
        proxy.exec("env", "TRUNKLINE_JAVA_HOME=/opt/jdk", "/opt/trunkline/bin/trunkline", "reload");
    assertThat(answer).startsWith("reloaded:");
  }

  private static int connections(ProxyNode proxy) {
    int sum = 0;
    for (JsonNode listener : proxy.status().path("listeners")) {
      sum += listener.path("connections").asInt();
    }
    return sum;
  }

  private static boolean alwaysOn(Target target, String server) {
    return servers(target, 3).equals(Set.of(server));
  }

  /** Who takes so many sessions that are open at once; empty where one is refused. */
  private static Set<String> servers(Target target, int sessions) {
    List<Connection> some = new ArrayList<>();
    Set<String> servers = new HashSet<>();
    try {
      for (int i = 0; i < sessions; i++) {
        some.add(target.connect());
        servers.add(server(some.getLast()));
      }
      return servers;
    } catch (SQLException e) {
      return Set.of();
    } finally {
      close(some);
    }
  }

  private static String server(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select host(inet_server_addr())")) {
      row.next();
      return row.getString(1);
    }
  }

  private static void close(List<Connection> sessions) {
    for (Connection session : sessions) {
      try {
        session.close();
      } catch (SQLException e) {
        System.getLogger(ZoneIT.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
      }
    }
    sessions.clear();
  }
}
