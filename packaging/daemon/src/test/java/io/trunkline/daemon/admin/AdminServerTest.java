package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.AdminService.Limits;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminServerTest {
  @TempDir Path directory;
  private RunningAdmin admin;

  @BeforeEach
  void start() throws IOException {
    admin = new RunningAdmin(directory, Limits.DEFAULT);
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/livez", "/readyz", "/metrics", "/api/v1/status", "/api/v1/events"})
  void pagesAreReadOnBoth(String path) throws IOException {
    assertThat(admin.request("GET", path))
        .startsWith("HTTP/1.1 200 OK")
        .contains("cache-control: no-store", "x-content-type-options: nosniff");
    assertThat(UnixHttp.exchange(admin.socket, "GET", path)).startsWith("HTTP/1.1 200 OK");
    assertThat(admin.request("HEAD", path)).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");
  }

  @Test
  void contentTypes() throws IOException {
    assertThat(admin.request("GET", "/metrics")).contains("text/plain; version=0.0.4");
    assertThat(admin.request("GET", "/api/v1/status")).contains("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nope",
        "/../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//livez",
        "/livez/",
        "/api/v1/clusters/main/accept",
        "/api/v1/clusters/../status",
      })
  void nothingElseIsThere(String path) throws IOException {
    assertThat(admin.request("GET", path)).startsWith("HTTP/1.1 404");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
  void theEndpointOnlyReads(String method) throws IOException {
    for (String path : new String[] {"/api/v1/clusters/main/accept", "/livez", "/nope"}) {
      assertThat(admin.request(method, path))
          .startsWith("HTTP/1.1 405")
          .contains("allow: GET, HEAD");
    }
    assertThat(admin.accepted).isEmpty();
  }

  @Test
  void theSocketChangesThings() throws IOException {
    String accept = "/api/v1/clusters/main/accept";
    assertThat(UnixHttp.exchange(admin.socket, "POST", accept))
        .startsWith("HTTP/1.1 200")
        .endsWith("{\"done\":true}\n");
    assertThat(admin.accepted).containsExactly("main");
    assertThat(UnixHttp.exchange(admin.socket, "GET", accept))
        .startsWith("HTTP/1.1 405")
        .contains("allow: POST");
    assertThat(UnixHttp.exchange(admin.socket, "POST", "/api/v1/clusters/other/accept"))
        .startsWith("HTTP/1.1 404");
    assertThat(UnixHttp.exchange(admin.socket, "POST", "/api/v1/clusters/main/explode"))
        .startsWith("HTTP/1.1 404");
    assertThat(UnixHttp.exchange(admin.socket, "POST", "/livez")).startsWith("HTTP/1.1 405");
  }

  @Test
  void aDefectIsToldAndTheServerGoesOn() throws IOException {
    String accept = "/api/v1/clusters/main/accept";
    UnixHttp.exchange(admin.socket, "POST", accept);
    assertThat(UnixHttp.exchange(admin.socket, "POST", accept))
        .startsWith("HTTP/1.1 500")
        .doesNotContain("once is enough");
    assertThat(admin.defects).containsExactly(accept + " once is enough");
    assertThat(admin.request("GET", "/livez")).startsWith("HTTP/1.1 200");
  }

  @Test
  void eventsSince() throws IOException {
    for (int i = 1; i <= 3; i++) {
      admin.history.emit(
          Event.of(Instant.parse("2026-11-21T10:00:00Z"), EventName.RELOADED, "n", i));
    }
    assertThat(admin.request("GET", "/api/v1/events?since=2"))
        .endsWith(
            "{\"started_at\":\"2026-11-21T10:00:00Z\",\"last\":3,\"events\":[{\"seq\":3,\"at\":\"2026-11-21T10:00:00Z\",\"severity\":\"info\",\"event\":\"reloaded\",\"fields\":{\"n\":\"3\"}}]}\n");
    assertThat(admin.request("GET", "/api/v1/events?since=3"))
        .endsWith("{\"started_at\":\"2026-11-21T10:00:00Z\",\"last\":3,\"events\":[]}\n");
    assertThat(admin.request("GET", "/api/v1/events?since=x")).startsWith("HTTP/1.1 400");
  }

  @Test
  void connectionsAreKept() throws IOException {
    String twice =
        admin.send(
            "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(twice.split("alive", -1)).hasSize(3);
  }
}
