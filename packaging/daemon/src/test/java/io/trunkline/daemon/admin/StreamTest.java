package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.admin.AdminService.Limits;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamTest {
  /** A status once a minute, so that what comes at once can be told from what comes in time. */
  private static final Feed.Pace RARE = pace(Duration.ofMinutes(1), Duration.ofMinutes(1));

  private static final Feed.Pace OFTEN = pace(Duration.ofMillis(20), Duration.ofMillis(200));

  @TempDir Path directory;
  private final SampleCluster cluster = SampleCluster.healthy();
  private SampleNode node;
  private RunningAdmin admin;

  private static Feed.Pace pace(Duration status, Duration beat) {
    return new Feed.Pace(3, status, Duration.ofMillis(1), beat, Duration.ofMillis(500), 5);
  }

  @BeforeEach
  void observe() throws IOException {
    node = new SampleNode(SampleConfig.in(directory), cluster).observe();
    begin(RARE);
  }

  private void begin(Feed.Pace pace) throws IOException {
    admin = new RunningAdmin(directory, Limits.DEFAULT, node.facts(), pace);
  }

  private void restart(Feed.Pace pace) throws IOException {
    admin.close();
    begin(pace);
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  private void happens(EventName name) {
    admin.history.emit(Event.of(cluster.now(), Severity.INFO, name, "member", "pg-1\n\"x"));
  }

  @Test
  void theStatusComesFirst() throws IOException {
    try (StreamClient client = new StreamClient(admin)) {
      assertThat(client.head())
          .startsWith("HTTP/1.1 200")
          .contains("content-type: text/event-stream", "cache-control: no-store")
          .contains("connection: close");
      assertThat(client.next()).isEqualTo("retry: 2000");
      assertThat(client.next())
          .startsWith("event: status\ndata: {\"node\":\"proxy-01\"")
          .contains("\"state\":\"open\"");
    }
  }

  @Test
  void anEventComesAtOnce() throws IOException {
    try (StreamClient client = new StreamClient(admin)) {
      client.nextStatus();
      happens(EventName.LEADER_CHANGED);
      assertThat(client.next())
          .isEqualTo(
              "event: event\nid: 1\ndata: {\"seq\":1,\"at\":\"2026-11-21T10:00:00Z\","
                  + "\"severity\":\"info\",\"event\":\"leader_changed\","
                  + "\"fields\":{\"member\":\"pg-1\\n\\\"x\"}}");
    }
  }

  @Test
  void whereWritesGoComesAtOnce() throws IOException {
    try (StreamClient client = new StreamClient(admin)) {
      client.nextStatus();
      cluster.after(Duration.ofSeconds(1)).leaderless();
      node.observe();
      happens(EventName.WRITE_ROUTE_CHANGED);
      assertThat(client.nextStatus()).contains("\"state\":\"holding\"");
    }
  }

  @Test
  void anEventThatChangesNothingBringsNoStatus() throws IOException {
    try (StreamClient client = new StreamClient(admin)) {
      client.nextStatus();
      cluster.after(Duration.ofSeconds(1)).problem("not JSON");
      node.observe();
      happens(EventName.MEMBER_ADDED);
      happens(EventName.MEMBER_REMOVED);
      assertThat(client.next()).contains("member_added");
      assertThat(client.next()).contains("member_removed");
    }
  }

  @Test
  void aStatusComesOnlyWhenItDiffersAndOtherwiseAComment() throws IOException {
    restart(OFTEN);
    try (StreamClient client = new StreamClient(admin)) {
      client.nextStatus();
      assertThat(client.next()).isEqualTo(": still here");
      cluster.after(Duration.ofSeconds(1)).problem("not JSON");
      node.observe();
      assertThat(client.nextStatus()).contains("\"problems\":[\"not JSON\"]");
      assertThat(client.next()).isEqualTo(": still here");
    }
  }

  @Test
  void whoComesLateGetsTheLastEvents() throws IOException {
    for (int i = 1; i <= 8; i++) {
      happens(EventName.RELOADED);
    }
    try (StreamClient client = new StreamClient(admin)) {
      assertThat(client.nextEvent()).contains("\"seq\":4,");
    }
    try (StreamClient client = new StreamClient(admin, "Last-Event-ID: 7\r\n")) {
      assertThat(client.nextEvent()).contains("\"seq\":8,");
    }
    try (StreamClient client = new StreamClient(admin, "Last-Event-ID: 4711\r\n")) {
      assertThat(client.nextEvent()).as("of a former daemon").contains("\"seq\":4,");
    }
    try (StreamClient client = new StreamClient(admin, "Last-Event-ID: x\r\n")) {
      assertThat(client.nextEvent()).contains("\"seq\":4,");
    }
  }

  @Test
  void onlySoManyFollowAtATime() throws Exception {
    List<StreamClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < RARE.readers(); i++) {
        clients.add(new StreamClient(admin));
        clients.getLast().nextStatus();
      }
      assertThat(admin.request("GET", "/api/v1/stream"))
          .startsWith("HTTP/1.1 503")
          .endsWith(
              "3 clients follow already, which is the limit; use /api/v1/status" + " instead\n");
      assertThat(admin.request("GET", "/livez")).startsWith("HTTP/1.1 200");
      clients.removeFirst().close();
      Await.until("room, which who leaves makes", Duration.ofSeconds(5), this::isAdmitted);
    } finally {
      for (StreamClient client : clients) {
        client.close();
      }
    }
  }

  private boolean isAdmitted() throws Exception {
    try (StreamClient client = new StreamClient(admin)) {
      return client.head().startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aClientThatDoesNotReadIsDismissedAndNobodyElseNotices() throws Exception {
    restart(OFTEN);
    cluster.problem("x".repeat(200_000));
    try (StreamClient deaf = new StreamClient(admin);
        StreamClient client = new StreamClient(admin)) {
      String last = "";
      for (int i = 0; i < 100; i++) {
        cluster.after(Duration.ofSeconds(1));
        node.observe();
        last = client.nextStatus();
      }
      assertThat(last).contains("\"now\":\"2026-11-21T10:0");
      Thread.sleep(2 * OFTEN.patience().toMillis()); // the other one is given up
      assertThat(deaf.readToTheEnd())
          .as("it was sent what fits into the buffers, and not 100 statuses of 200 kB")
          .isLessThan(15_000_000);
    }
    assertThat(admin.defects).isEmpty();
  }

  @Test
  void whoAsksForMoreOnAStreamEndsIt() throws IOException {
    try (StreamClient client = new StreamClient(admin)) {
      client.nextStatus();
      client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.readToTheEnd()).isZero();
    }
  }

  @Test
  void aDefectIsToldAndEndsTheStream() throws IOException {
    admin.close();
    try (RunningAdmin broken =
            new RunningAdmin(directory, Limits.DEFAULT, node.brokenFacts(), OFTEN);
        StreamClient client = new StreamClient(broken)) {
      client.head();
      assertThat(client.next()).isEqualTo("retry: 2000");
      assertThat(client.readToTheEnd()).isZero();
      assertThat(broken.defects).containsExactly("/api/v1/stream broken");
      assertThat(broken.request("GET", "/livez")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void headSaysWhatItIs() throws IOException {
    assertThat(admin.request("HEAD", "/api/v1/stream"))
        .startsWith("HTTP/1.1 200")
        .contains("text/event-stream")
        .endsWith("\r\n\r\n");
  }
}
