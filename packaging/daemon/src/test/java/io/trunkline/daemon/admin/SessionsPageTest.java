package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.status.SessionsReport;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SessionsPageTest {
  @TempDir Path directory;
  private RunningAdmin admin;

  @BeforeEach
  void start() throws IOException {
    admin = new RunningAdmin(directory, AdminService.Limits.DEFAULT);
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  private String end(String query) throws IOException {
    return UnixHttp.exchange(admin.socket, "POST", "/api/v1/sessions/end" + query);
  }

  @Test
  void everybodyIsListed() throws IOException {
    assertThat(admin.request("GET", "/api/v1/sessions"))
        .startsWith("HTTP/1.1 200")
        .contains(
            "\"matching\":2,\"left_out\":0,",
            "{\"id\":1,\"listener\":\"write\",\"client\":\"192.0.2.7:40000\",\"user\":\"app\","
                + "\"database\":\"shop\",\"application_name\":\"psql\",\"member\":\"pg-1\","
                + "\"state\":\"idle_in_transaction\",\"why\":null,\"tls\":\"terminated\","
                + "\"kept\":false,\"pinned\":\"listen\","
                + "\"since\":\"2026-11-21T10:00:00Z\",\"bytes_from_client\":100,"
                + "\"bytes_to_client\":2000}",
            "{\"id\":2,\"listener\":\"write\",\"client\":\"192.0.2.7:40000\",\"user\":null,");
  }

  @ParameterizedTest
  @CsvSource({
    "user=app, 1",
    "user=other, 0",
    "client=192.0.2.0/24, 2",
    "client=192.0.3.1, 0",
    "state=queued, 1",
    "id=2&listener=write, 1",
    "member=pg-1&database=shop&application_name=psql, 1",
    "limit=1, 2"
  })
  void conditions(String query, int matching) throws IOException {
    assertThat(admin.request("GET", "/api/v1/sessions?" + query))
        .contains("\"matching\":" + matching + ",");
  }

  @ParameterizedTest
  @CsvSource({
    "uesr=app, unknown condition",
    "user=a&user=b, give it once",
    "client=x, not an IPv4 or IPv6 address",
    "state=asleep, state: one of reading",
    "id=0, id: a number from 1",
    "limit=100000, limit: a number from 1 to 10000"
  })
  void whatIsNotUnderstoodIsRefused(String query, String why) throws IOException {
    assertThat(admin.request("GET", "/api/v1/sessions?" + query))
        .startsWith("HTTP/1.1 400")
        .contains(why);
    assertThat(end("?" + query)).startsWith("HTTP/1.1 400");
    assertThat(admin.sessions.ended).isEmpty();
  }

  @Test
  void aLongListArrivesWhole() throws IOException {
    admin.sessions.crowd = 12_000;
    String answer = admin.request("GET", "/api/v1/sessions?limit=10000");
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    SessionsReport report = StatusJson.read(body, SessionsReport.class);
    assertThat(report.sessions()).hasSize(10_000);
    assertThat(report.leftOut()).isEqualTo(2_000);
    assertThat(UnixHttp.exchange(admin.socket, "GET", "/api/v1/sessions?limit=10000"))
        .endsWith("]}\n");
  }

  @Test
  void thereIsOneAtATime() throws Exception {
    admin.sessions.crowd = 10_000;
    admin.sessions.one = ScriptedSessions.wordy(); // 20 MB: more than the kernel takes
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(4 * 1024);
      deaf.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), admin.uri("/").getPort()));
      deaf.getOutputStream()
          .write(
              "GET /api/v1/sessions?limit=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(deaf.getInputStream().read()).isEqualTo('H');
      assertThat(admin.request("GET", "/api/v1/sessions"))
          .startsWith("HTTP/1.1 503")
          .contains("retry-after: 1")
          .contains("only one is sent at a time");
      admin.sessions.one = ScriptedSessions.list().sessions().getFirst();
      assertThat(UnixHttp.exchange(admin.socket, "GET", "/api/v1/sessions"))
          .startsWith("HTTP/1.1 200");
      assertThat(admin.request("GET", "/livez")).startsWith("HTTP/1.1 200");
    }
    Await.until(() -> !admin.request("GET", "/api/v1/sessions").startsWith("HTTP/1.1 503"));
  }

  @Test
  void sessionsAreEndedThroughTheSocketOnly() throws IOException {
    assertThat(admin.request("POST", "/api/v1/sessions/end?user=app")).startsWith("HTTP/1.1 405");
    assertThat(admin.request("GET", "/api/v1/sessions/end?user=app")).startsWith("HTTP/1.1 404");
    assertThat(UnixHttp.exchange(admin.socket, "GET", "/api/v1/sessions/end?user=app"))
        .startsWith("HTTP/1.1 405");
    assertThat(admin.sessions.ended).isEmpty();
    assertThat(end("?user=app&client=192.0.2.7")).contains("{\"ended\":1}");
    assertThat(end("?all=true")).contains("{\"ended\":2}");
    assertThat(admin.sessions.ended).containsExactly("client=192.0.2.7/32 user=app", "all");
  }

  @Test
  void itMustBeSaidWhichAreEnded() throws IOException {
    for (String query : new String[] {"", "?all=false", "?all=true&user=app", "?limit=1"}) {
      assertThat(end(query)).startsWith("HTTP/1.1 400");
    }
    assertThat(admin.sessions.ended).isEmpty();
  }

  @Test
  void anAnswerThatFailsLaterIsADefect() throws IOException {
    assertThat(end("?user=broken")).startsWith("HTTP/1.1 500");
    assertThat(admin.defects).singleElement().asString().contains("no loop");
  }
}
