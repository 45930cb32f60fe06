package io.trunkline.healthcheck;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.EtcdConfig;
import io.trunkline.config.Secret;
import io.trunkline.config.TlsFiles;
import io.trunkline.routing.DcsHealth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real etcd that wants certificates and passwords. */
class EtcdSecurityTest {
  private static final String P = Watched.PREFIX;

  @TempDir Path state;
  @TempDir static Path certs;
  private EtcdLab etcd;

  @BeforeAll
  static void certify() {
    Certs.make(certs);
  }

  @BeforeEach
  void start() {
    etcd = EtcdLab.startTls(certs);
    etcd.put(P + "leader", "n1");
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  @Test
  void watchesWithAClientCertificateAndAPassword() {
    demandPasswords();
    try (Watched watched = watch(Optional.of("s3cret"), certs.resolve("client.key"))) {
      watched.await("n1 leads", Watched.leader("n1"));
      etcd.put(P + "leader", "n2");
      watched.await("n2 leads", Watched.leader("n2"));

      etcd.kill(0); // and with it all its tokens
      watched.await("etcd is lost", Watched.lost());
      etcd.restart(0);
      watched.await("etcd is back", Watched.connected());
      etcd.awaitHealthy();
      etcd.put(P + "leader", "n3");
      watched.await("n3 leads", Watched.leader("n3"));
    }
  }

  @Test
  void saysThatThePasswordIsWrong() {
    demandPasswords();
    try (Watched watched = watch(Optional.of("wrong"), certs.resolve("client.key"))) {
      String reason = watched.awaitEvent("dcs_lost").fields().get("reason");
      assertThat(reason).contains("authentication failed").doesNotContain("wrong");
    }
  }

  @Test
  void readsKeysInTheirOldForm() {
    Certs.openssl(certs, "ec -in client.key -out sec1.key");
    try (Watched watched = watch(Optional.empty(), certs.resolve("sec1.key"))) {
      watched.await("n1 leads", Watched.leader("n1"));
    }
  }

  @Test
  void waitsForItsCertificates() throws IOException {
    Path late = certs.resolve("late.key");
    try (Watched watched = watch(Optional.empty(), late)) {
      watched.await(
          "a reason",
          view -> view.dcs() instanceof DcsHealth.Lost lost && lost.failure().contains("late.key"));
      Files.copy(certs.resolve("client.key"), late);
      watched.await("n1 leads", Watched.leader("n1"));
    }
  }

  private void demandPasswords() {
    etcd.ctl("user", "add", "root:root");
    etcd.ctl("user", "grant-role", "root", "root");
    etcd.ctl("role", "add", "reader");
    etcd.ctl("role", "grant-permission", "reader", "read", "--prefix=true", P);
    etcd.ctl("user", "add", "trunkline:s3cret");
    etcd.ctl("user", "grant-role", "trunkline", "reader");
    etcd.ctl("auth", "enable");
    etcd.login("root:root");
  }

  private Watched watch(Optional<String> password, Path key) {
    EtcdConfig open = etcd.config();
    EtcdConfig config =
        change(open)
            .with(
                EtcdConfig::tls,
                new TlsFiles(open.tls().cacert(), open.tls().cert(), Optional.of(key)))
            .with(EtcdConfig::username, password.map(secret -> "trunkline"))
            .with(EtcdConfig::password, password.map(Secret::new))
            .record();
    return new Watched(Optional.of(config), Watched.patroni(), state);
  }
}
