package io.trunkline.healthcheck.common;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.trunkline.healthcheck.Certs;
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
class TlsKeeperTest {
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

  private TlsKeeper keeper() {
    TlsFiles files =
        new TlsFiles(
            Optional.of(in("ca.crt")), Optional.of(in("node.crt")), Optional.of(in("node.key")));
    return new TlsKeeper(
        change(Configs.cluster())
            .with(
                ClusterConfig::etcd,
                Optional.of(
                    change(Configs.etcd(List.of(new HostPort("127.0.0.1", 1))))
                        .with(EtcdConfig::protocol, EtcdConfig.Protocol.HTTPS)
                        .with(EtcdConfig::tls, files)
                        .record()))
            .with(
                ClusterConfig::patroni,
                change(Configs.cluster().patroni()).with(PatroniConfig::tls, files).record())
            .with(
                ClusterConfig::sentinel,
                Optional.of(
                    change(Configs.sentinel("user: watcher", "password: x"))
                        .with(SentinelConfig::tls, new PostgresTls(SslMode.VERIFY_FULL, files))
                        .record()))
            .record(),
        Optional.of(new Journal("main", () -> Instant.EPOCH, events::add)));
  }

  private static List<TlsState> states(TlsKeeper keeper) {
    return List.of(keeper.rest(), keeper.etcd().orElseThrow(), keeper.sentinel().orElseThrow());
  }

  @Test
  void whatCouldNotBeReadIsTriedUntilItCan() throws IOException {
    put("ca.crt", "ca.crt");
    put("client.crt", "node.crt");
    put("client.key", "node.key");
    TlsKeeper keeper = keeper();
    assertThat(keeper.refresh()).isTrue();
    List<TlsState> first = states(keeper);
    List<Validity> inUse = keeper.validities();
    assertThat(inUse).hasSize(6);
    assertThat(first).allMatch(TlsState.Ready.class::isInstance);
    assertThat(keeper.refresh()).isFalse();

    put("server.crt", "node.crt");
    Files.delete(in("node.key"));
    Files.createDirectory(in("node.key")); // which nobody can read
    FileTime stamp = Files.getLastModifiedTime(in("node.key"));
    for (int i = 0; i < 3; i++) {
      assertThat(keeper.refresh()).isFalse();
      assertThat(states(keeper)).as("what works stays in use").isEqualTo(first);
    }
    assertThat(keeper.validities()).isEqualTo(inUse);
    assertThat(events).extracting(Event::name).containsOnly("certificates_not_renewed").hasSize(3);

    Files.delete(in("node.key"));
    put("server.key", "node.key");
    Files.setLastModifiedTime(in("node.key"), stamp); // as chown and chmod leave it
    assertThat(keeper.refresh()).isTrue();
    assertThat(states(keeper))
        .allMatch(TlsState.Ready.class::isInstance)
        .doesNotContainAnyElementsOf(first);
    assertThat(events.subList(3, events.size()))
        .extracting(Event::name)
        .containsOnly("certificates_renewed")
        .hasSize(3);
  }

  @Test
  void theSameTimeWithOtherContentsIsNew() throws IOException {
    put("ca.crt", "ca.crt");
    put("client.crt", "node.crt");
    put("client.key", "node.key");
    FileTime stamp = Files.getLastModifiedTime(in("node.crt"));
    TlsKeeper keeper = keeper();
    assertThat(keeper.refresh()).isTrue();
    put("server.crt", "node.crt");
    put("server.key", "node.key");
    Files.setLastModifiedTime(in("node.crt"), stamp);
    Files.setLastModifiedTime(in("node.key"), stamp);
    assertThat(keeper.refresh()).isTrue();
  }
}
