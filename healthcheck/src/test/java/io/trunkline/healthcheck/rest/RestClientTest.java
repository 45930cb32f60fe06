package io.trunkline.healthcheck.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.config.HostPort;
import io.trunkline.config.HostResolver;
import io.trunkline.config.PatroniConfig.Verify;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.healthcheck.Bodies;
import io.trunkline.healthcheck.Certs;
import io.trunkline.healthcheck.FakePatroni;
import io.trunkline.healthcheck.TlsServers;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against servers that misbehave in every way we could think of. */
class RestClientTest {
  private static final ClientTls NO_TLS =
      new ClientTls("patroni", SslMode.VERIFY_FULL, TlsFiles.NONE, Optional.empty());

  private static final Duration TIMEOUT = Duration.ofMillis(700);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir Path certs;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private FakePatroni server;

  @BeforeEach
  void start() {
    server = new FakePatroni();
  }

  @AfterEach
  void stop() {
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    workers.shutdownNow();
  }

  @Test
  void readsAnAnswer() {
    server.script(FakePatroni.Script.json(503, Bodies.replica(4)));
    assertThat(ask(url(server)))
        .isInstanceOfSatisfying(
            RestReply.Answered.class,
            reply -> {
              assertThat(reply.status()).isEqualTo(503);
              assertThat(reply.body()).isEqualTo(Bodies.replica(4));
              assertThat(reply.at()).isAfter(reply.askedAt());
            });
  }

  @Test
  void readsAnAnswerWithALengthOrInChunks() {
    String body = "{\"a\":{}}";
    server.script(
        FakePatroni.Script.raw("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + body + "more"));
    assertThat(ask(url(server))).isInstanceOf(RestReply.Answered.class);
    server.script(
        FakePatroni.Script.raw(
            "HTTP/1.1 200 OK\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "4\r\n"
                + "{\"a\"\r\n"
                + "4\r\n"
                + ":{}}\r\n"
                + "0\r\n\r\n"));
    assertThat(ask(url(server)))
        .isInstanceOfSatisfying(
            RestReply.Answered.class, reply -> assertThat(reply.body()).isEqualTo(body));
  }

  @Test
  void readsAnAnswerThatComesByteByByte() {
    String answer = "HTTP/1.0 503 X\r\nA: b\r\n\r\n" + Bodies.replica(4);
    server.script(
        (path, socket, out) -> {
          socket.setTcpNoDelay(true);
          for (byte each : answer.getBytes(StandardCharsets.US_ASCII)) {
            out.write(each);
            out.flush();
          }
        });
    assertThat(ask(url(server)))
        .isInstanceOfSatisfying(
            RestReply.Answered.class,
            reply -> assertThat(reply.body()).isEqualTo(Bodies.replica(4)));
  }

  @Test
  void doesNotWaitForTheEndOfTheConnection() {
    server.script(
        (path, socket, out) -> {
          FakePatroni.Script.json(200, Bodies.primary(1)).run(path, socket, out);
          out.flush();
          FakePatroni.Script.hang().run(path, socket, out);
        });
    assertThat(ask(url(server))).isInstanceOf(RestReply.Answered.class);
  }

  @Test
  void givesUpOnAServerThatHangs() {
    server.script(FakePatroni.Script.hang());
    assertThat(timeout(url(server))).isEqualTo("no answer within 700ms (waiting for the answer)");
  }

  @Test
  void givesUpOnAServerThatDrips() {
    server.script(
        (path, socket, out) -> {
          out.write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 100; i++) {
            out.write(' ');
            out.flush();
            Await.pause(Duration.ofMillis(50));
          }
        });
    assertThat(timeout(url(server))).isEqualTo("no answer within 700ms (reading the answer)");
  }

  @Test
  void refusesAHugeBodyAndHugeHeaders() {
    server.script(
        (path, socket, out) -> {
          out.write("HTTP/1.0 200 OK\r\n\r\n{".getBytes(StandardCharsets.US_ASCII));
          byte[] block = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
          for (int i = 0; i < 160; i++) {
            out.write(block);
          }
        });
    assertThat(failure(url(server))).isEqualTo("an answer of more than 256 kB");
    server.script(
        FakePatroni.Script.raw("HTTP/1.0 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n{}"));
    assertThat(failure(url(server))).startsWith("not HTTP: ");
  }

  @Test
  void saysWhatHappenedToTheConnection() {
    server.script(
        (path, socket, out) -> {
          socket.setSoLinger(true, 0);
          socket.close();
        });
    assertThat(failure(url(server))).containsAnyOf("reset", "closed before");
    server.script(FakePatroni.Script.raw("HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n{}"));
    assertThat(failure(url(server))).contains("closed before the answer was complete");
    server.script(FakePatroni.Script.raw("SSH-2.0-OpenSSH\r\n\r\n"));
    assertThat(failure(url(server))).startsWith("not HTTP: ");
    assertThat(failure(new ApiUrl(false, new HostPort("127.0.0.1", 1))))
        .isEqualTo("connection refused");
    assertThat(failure(new ApiUrl(false, new HostPort("no-such-host.invalid", 8008))))
        .containsAnyOf("no address for no-such-host.invalid", "resolving the name");
  }

  @ParameterizedTest
  @CsvSource({
    "server, FULL, true",
    "other, FULL, false",
    "other, CA, true",
    "self, CA, false",
    "self, NONE, true"
  })
  void verifiesCertificatesAsFarAsItIsTold(String name, Verify verify, boolean good)
      throws Exception {
    Certs.make(certs);
    Certs.openssl(
        certs,
        "req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.crt -days 2 -subj /CN=self");
    try (FakePatroni tls = new FakePatroni(TlsServers.listen(certs, name, false), true)) {
      tls.script(FakePatroni.Script.json(200, Bodies.primary(1)));
      RestReply reply = ask(url(tls), rest(verify, false));
      if (good) {
        assertThat(reply).isInstanceOf(RestReply.Answered.class);
      } else {
        assertThat(reply)
            .isInstanceOfSatisfying(
                RestReply.Failed.class, failed -> assertThat(failed.reason()).startsWith("TLS: "));
      }
    }
  }

  @Test
  void presentsItsCertificate() throws Exception {
    Certs.make(certs);
    try (FakePatroni tls = new FakePatroni(TlsServers.listen(certs, "server", true), true)) {
      tls.script(FakePatroni.Script.json(200, Bodies.primary(1)));
      assertThat(ask(url(tls), rest(Verify.FULL, true))).isInstanceOf(RestReply.Answered.class);
      assertThat(ask(url(tls), rest(Verify.FULL, false))).isInstanceOf(RestReply.Failed.class);
    }
  }

  private ClientTls rest(Verify verify, boolean present) {
    TlsFiles files =
        new TlsFiles(
            Optional.of(certs.resolve("ca.crt")),
            present ? Optional.of(certs.resolve("client.crt")) : Optional.empty(),
            present ? Optional.of(certs.resolve("client.key")) : Optional.empty());
    ClientTls tls = new ClientTls("patroni", verify.sslMode(), files, Optional.empty());
    tls.refresh();
    return tls;
  }

  private static ApiUrl url(FakePatroni patroni) {
    try {
      return ApiUrl.parse(patroni.url());
    } catch (JunkException e) {
      throw new AssertionError(e);
    }
  }

  private String failure(ApiUrl url) {
    return ((RestReply.Failed) ask(url)).reason();
  }

  private String timeout(ApiUrl url) {
    return ((RestReply.Failed) ask(url, NO_TLS, TIMEOUT)).reason();
  }

  private RestReply ask(ApiUrl url) {
    return ask(url, NO_TLS);
  }

  private RestReply ask(ApiUrl url, ClientTls tls) {
    return ask(url, tls, PATIENCE);
  }

  private RestReply ask(ApiUrl url, ClientTls tls, Duration timeout) {
    CompletableFuture<RestReply> reply = new CompletableFuture<>();
    MonotonicClock clock = new MonotonicClock();
    RestClient client =
        new RestClient(
            group.next(),
            new Connector(group.next(), NioSocketChannel::new, new HostResolver(clock)),
            tls,
            timeout,
            clock);
    group.next().execute(() -> client.ask(url, "/primary", reply::complete));
    return reply.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
