package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.AdminService.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web pages whose names lead to this node (DNS rebinding) are not told anything. */
@Timeout(30)
class AllowedHostsTest {
  private static final List<String> PAGES =
      List.of(
          "/",
          "/dashboard.js",
          "/dashboard.css",
          "/livez",
          "/readyz",
          "/metrics",
          "/api/v1/status",
          "/api/v1/events",
          "/api/v1/sessions?limit=10",
          "/api/v1/stream",
          "/api/v1/clusters/main/accept",
          "/nope");

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

  private String ask(String request) throws IOException {
    return admin.send(request.replace("\n", "\r\n") + "Connection: close\r\n\r\n");
  }

  private String answerTo(String host) throws IOException {
    return ask("GET /livez HTTP/1.1\nHost: " + host + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:7000",
        "LocalHost.",
        "localhost.:80",
        "127.0.0.1",
        "127.0.0.1:7000",
        "10.0.0.21:65535",
        "[::1]",
        "[::1]:7000",
        "[2001:DB8::5]:7000",
        "[::ffff:10.0.0.1]",
        "[fe80::1%25eth0]:7000",
        "proxy-01",
        "proxy-01:7000",
        "PROXY-01.Example.Org.:7000",
        "metrics.example.org",
        "METRICS.EXAMPLE.ORG:7000",
        "grafana:1",
      })
  void addressesAndTheNodesNames(String host) throws IOException {
    assertThat(answerTo(host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:7000",
        "evil.example.",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example.localhost",
        "proxy-01.evil.example",
        "xproxy-01",
        "2130706433",
        "127.1",
        "0x7f000001",
        "example.org",
        "a.metrics.example.org",
        "x",
      })
  void anyOtherNameIsRefusedAndToldTheKey(String host) throws IOException {
    assertThat(answerTo(host))
        .startsWith("HTTP/1.1 421 Misdirected Request")
        .contains("admin.allowed_hosts", host.replaceFirst(":\\d+$", ""))
        .doesNotContain("alive");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":7000",
        ".",
        "::1",
        "[::1",
        "[]",
        "[::g]",
        "[evil.example]",
        "[127.0.0.1]",
        "[::1]evil.example",
        "localhost:port",
        "localhost:123456",
        "localhost:80:80",
        "evil.example@localhost",
        "localhost@evil.example",
        "localhost/evil.example",
        "localhost, evil.example",
        "evil.example localhost",
        "evil.example#localhost",
        "http://localhost",
        "ev\u00efl.example",
        "<script>",
      })
  void whatIsNoHostIsRefused(String host) throws IOException {
    assertThat(answerTo(host)).matches("(?s)HTTP/1.1 4(00|21) .*").doesNotContain("alive");
  }

  @Test
  void aRequestHasOneHost() throws IOException {
    assertThat(ask("GET /livez HTTP/1.1\nHost: localhost\nHost: evil.example\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(ask("GET /livez HTTP/1.0\nHost: localhost\nHost: localhost\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(ask("GET /livez HTTP/1.1\n")).startsWith("HTTP/1.1 400");
  }

  /** As HAProxy's httpchk asks. */
  @Test
  void http10MayDoWithout() throws IOException {
    assertThat(ask("GET /livez HTTP/1.0\n")).startsWith("HTTP/1.1 200");
    assertThat(ask("GET /livez HTTP/1.0\nHost: localhost\n")).startsWith("HTTP/1.1 200");
    assertThat(ask("GET /livez HTTP/1.0\nHost: evil.example\n")).startsWith("HTTP/1.1 421");
  }

  @Test
  void onEveryPageWithEveryMethodAndInEveryRequestOfAConnection() throws IOException {
    for (String page : PAGES) {
      for (String method : List.of("GET", "HEAD", "POST", "OPTIONS")) {
        assertThat(ask(method + " " + page + " HTTP/1.1\nHost: evil.example\n"))
            .startsWith("HTTP/1.1 421");
      }
    }
    assertThat(
            ask(
                "GET /livez HTTP/1.1\nHost: localhost\n\n"
                    + "GET /livez HTTP/1.1\nHost: evil.example\n"))
        .containsOnlyOnce("alive")
        .contains("HTTP/1.1 421");
    assertThat(admin.defects).isEmpty();
  }

  /** The line of a request has the host too where the client takes us for its proxy. */
  @Test
  void aForeignHostInTheRequestLine() throws IOException {
    assertThat(ask("GET http://evil.example/livez HTTP/1.1\nHost: localhost\n"))
        .startsWith("HTTP/1.1 404");
  }

  @Test
  void whoReachesTheControlSocketMayCallItAnything() throws IOException {
    assertThat(UnixHttp.exchange(admin.socket, "GET", "/livez")).startsWith("HTTP/1.1 200");
  }

  @Test
  void noAnswerCanBeEmbeddedByAnotherSite() throws IOException {
    for (String page : PAGES) {
      if (!page.endsWith("stream")) {
        assertThat(ask("GET " + page + " HTTP/1.1\nHost: localhost\n")).satisfies(this::isKept);
      }
      for (String host : List.of("localhost", "evil.example", "[")) {
        assertThat(ask("HEAD " + page + " HTTP/1.1\nHost: " + host + "\n")).satisfies(this::isKept);
        assertThat(ask("DELETE " + page + " HTTP/1.1\nHost: " + host + "\n"))
            .satisfies(this::isKept);
      }
    }
    String tag =
        ask("GET /dashboard.js HTTP/1.1\nHost: localhost\n")
            .replaceAll("(?s).*etag: (\\S+).*", "$1");
    assertThat(ask("GET /dashboard.js HTTP/1.1\nHost: localhost\nIf-None-Match: " + tag + "\n"))
        .startsWith("HTTP/1.1 304")
        .contains("cache-control: no-cache")
        .satisfies(this::isKept);
    assertThat(ask("GET /" + "x".repeat(5_000) + " HTTP/1.1\nHost: localhost\n"))
        .startsWith("HTTP/1.1 414")
        .satisfies(this::isKept);
    assertThat(ask("GET / HTTP/1.1\nHost: localhost\nX: " + "x".repeat(9_000) + "\n"))
        .startsWith("HTTP/1.1 431")
        .satisfies(this::isKept);
    assertThat(ask("GET /%zz HTTP/1.1\nHost: localhost\n"))
        .startsWith("HTTP/1.1 400")
        .satisfies(this::isKept);
    assertThat(ask("nonsense\n")).startsWith("HTTP/1.1 400").satisfies(this::isKept);
    assertThat(ask("POST / HTTP/1.1\nHost: localhost\nContent-Length: 1000000\n"))
        .startsWith("HTTP/1.1 413")
        .satisfies(this::isKept);
    try (StreamClient stream = new StreamClient(admin)) {
      assertThat(stream.head()).startsWith("HTTP/1.1 200").satisfies(this::isKept);
    }
  }

  private void isKept(String answer) {
    assertThat(answer)
        .containsOnlyOnce("cross-origin-resource-policy: same-origin")
        .containsOnlyOnce("x-content-type-options: nosniff")
        .containsOnlyOnce("cache-control: ");
  }
}
