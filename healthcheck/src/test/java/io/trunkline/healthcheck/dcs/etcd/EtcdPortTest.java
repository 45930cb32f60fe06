package io.trunkline.healthcheck.dcs.etcd;

import static io.trunkline.config.Configs.change;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.TlsFiles;
import io.trunkline.healthcheck.Certs;
import io.trunkline.healthcheck.TlsServers;
import io.trunkline.healthcheck.Watched;
import io.trunkline.routing.DcsHealth;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The port of {@code --listen-client-http-urls}. */
class EtcdPortTest {
  private static final String VERSION =
      "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
          + "{\"etcdserver\":\"3.5.16\",\"etcdcluster\":\"3.5.0\"}";

  @TempDir Path state;
  @TempDir static Path certs;

  /** Answers what is no HTTP/1 in that way: not at all, or as Go's server does. */
  private static void serve(ServerSocket server, String otherwise) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                  String line =
                      new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII))
                          .readLine();
                  boolean version = line != null && line.startsWith("GET /version ");
                  client
                      .getOutputStream()
                      .write((version ? VERSION : otherwise).getBytes(US_ASCII));
                } catch (IOException e) {
                  // the client has gone, or the test is over
                }
              }
            });
  }

  private static EtcdConfig config(ServerSocket server, boolean tls) {
    return change(Configs.etcd(List.of(new HostPort("127.0.0.1", server.getLocalPort()))))
        .with(EtcdConfig::protocol, tls ? EtcdConfig.Protocol.HTTPS : EtcdConfig.Protocol.HTTP)
        .with(
            EtcdConfig::tls,
            new TlsFiles(
                tls ? Optional.of(certs.resolve("ca.crt")) : Optional.empty(),
                Optional.empty(),
                Optional.empty()))
        .record();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n"})
  void itIsTold(String otherwise) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      serve(server, otherwise);
      assertTold(config(server, false));
    }
  }

  @Test
  void itIsToldUnderTls() throws Exception {
    Certs.make(certs);
    try (ServerSocket server = TlsServers.listen(certs, "server", false)) {
      serve(server, "");
      assertTold(config(server, true));
    }
  }

  private void assertTold(EtcdConfig config) {
    try (Watched watched = new Watched(Optional.of(config), Watched.patroni(), state)) {
      watched.await(
          "the reason",
          view ->
              view.dcs() instanceof DcsHealth.Lost lost
                  && lost.failure().contains(EtcdPort.HTTP_ONLY));
    }
  }

  @Test
  void whoeverIsNotThereIsNotSaidToSpeakHttp() throws IOException {
    HostPort gone;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      gone = config(server, false).hosts().getFirst();
    }
    assertThat(new EtcdPort(Optional.empty()).diagnose(gone)).isEmpty();
  }
}
