package io.trunkline.healthcheck;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.PatroniConfig;
import io.trunkline.config.PostgresTls;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.config.Validity;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.dcs.etcd.EtcdSource;
import io.trunkline.routing.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are replaced while the daemon runs: for REST, etcd and sentinels alike. */
class ClientTlsTest {
  @TempDir static Path certs;
  @TempDir Path directory;
  private final List<Event> events = new ArrayList<>();

  @BeforeAll
  static void certify() {
    Certs.make(certs);
  }

  private Path in(String name) {
    return directory.resolve(name);
  }

  private void put(String from, String to) throws IOException {
    Files.copy(certs.resolve(from), in(to), StandardCopyOption.REPLACE_EXISTING);
  }

  private List<ClientTls> all() {
    TlsFiles files =
        new TlsFiles(
            Optional.of(in("ca.crt")), Optional.of(in("node.crt")), Optional.of(in("node.key")));
    Optional<Journal> journal = Optional.of(new Journal("main", () -> Instant.EPOCH, events::add));
    EtcdConfig etcd =
        change(Configs.etcd(List.of(new HostPort("127.0.0.1", 1))))
            .with(EtcdConfig::protocol, EtcdConfig.Protocol.HTTPS)
            .with(EtcdConfig::tls, files)
            .record();
    SentinelConfig sentinel =
        change(Configs.sentinel("user: watcher", "password: x"))
            .with(SentinelConfig::tls, new PostgresTls(SslMode.VERIFY_FULL, files))
            .record();
    ClusterConfig cluster =
        change(Configs.cluster())
            .with(
                ClusterConfig::patroni,
                change(Configs.cluster().patroni()).with(PatroniConfig::tls, files).record())
            .record();
    return List.of(
        ClusterObserver.restTls(cluster, journal),
        EtcdSource.tls(etcd, journal).orElseThrow(),
        ClusterObserver.sentinelTls(sentinel, journal).orElseThrow());
  }

  private static List<Boolean> refresh(List<ClientTls> all) {
    return all.stream().map(ClientTls::refresh).toList();
  }

  private static List<Optional<SslContext>> contexts(List<ClientTls> all) {
    return all.stream().map(ClientTls::context).toList();
  }

  private static List<Validity> validities(List<ClientTls> all) {
    return all.stream().flatMap(each -> each.validities().stream()).toList();
  }

  @Test
  void whatCouldNotBeReadIsTriedUntilItCan() throws IOException {
    put("ca.crt", "ca.crt");
    put("client.crt", "node.crt");
    put("client.key", "node.key");
    List<ClientTls> all = all();
    assertThat(refresh(all)).containsOnly(true);
    List<Optional<SslContext>> first = contexts(all);
    List<Validity> inUse = validities(all);
    assertThat(inUse).hasSize(6);
    assertThat(first).allMatch(Optional::isPresent);
    assertThat(refresh(all)).containsOnly(false);

    put("server.crt", "node.crt");
    Files.delete(in("node.key"));
    Files.createDirectory(in("node.key")); // which nobody can read
    FileTime stamp = Files.getLastModifiedTime(in("node.key"));
    for (int i = 0; i < 3; i++) {
      assertThat(refresh(all)).containsOnly(false);
      assertThat(contexts(all)).as("what works stays in use").isEqualTo(first);
    }
    assertThat(validities(all)).isEqualTo(inUse);
    assertThat(events).extracting(Event::label).containsOnly("certificates_not_renewed").hasSize(3);

    Files.delete(in("node.key"));
    put("server.key", "node.key");
    Files.setLastModifiedTime(in("node.key"), stamp); // as chown and chmod leave it
    assertThat(refresh(all)).containsOnly(true);
    assertThat(contexts(all)).allMatch(Optional::isPresent).doesNotContainAnyElementsOf(first);
    assertThat(events.subList(3, events.size()))
        .extracting(Event::label)
        .containsOnly("certificates_renewed")
        .hasSize(3);
  }

  @Test
  void theSameTimeWithOtherContentsIsNew() throws IOException {
    put("ca.crt", "ca.crt");
    put("client.crt", "node.crt");
    put("client.key", "node.key");
    FileTime stamp = Files.getLastModifiedTime(in("node.crt"));
    List<ClientTls> all = all();
    assertThat(refresh(all)).containsOnly(true);
    put("server.crt", "node.crt");
    put("server.key", "node.key");
    Files.setLastModifiedTime(in("node.crt"), stamp);
    Files.setLastModifiedTime(in("node.key"), stamp);
    assertThat(refresh(all)).containsOnly(true);
  }
}
