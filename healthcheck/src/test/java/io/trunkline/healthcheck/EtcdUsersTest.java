package io.trunkline.healthcheck;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.EtcdConfig;
import io.trunkline.config.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd with users, on a machine that has hardly any time for it, and three daemons. */
class EtcdUsersTest {
  private static final String P = Watched.PREFIX;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path state;

  @Test
  void threeDaemonsGetInWithOneLoginEach() throws Exception {
    try (EtcdLab etcd = EtcdLab.startWith("--bcrypt-cost", "12")) {
      etcd.put(P + "leader", "n1");
      etcd.enableUsers("s3cret");
      long before = etcd.logins();
      // A login takes etcd about a quarter of a second of processor time: with a tenth of it, more
      // than a read may take.
      Process brake = etcd.slowDown(0.02, 0.18);
      List<Watched> daemons = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          Path own = Files.createDirectory(state.resolve("node" + i));
          daemons.add(new Watched(Optional.of(asRoot(etcd)), Watched.patroni(), own));
        }
        for (Watched daemon : daemons) {
          daemon.await("n1 leads", PATIENCE, Watched.leader("n1"));
        }
      } finally {
        brake.destroy();
        brake.waitFor();
        etcd.thaw(0);
      }
      assertThat(etcd.logins() - before).isBetween(3L, 6L);
      etcd.put(P + "leader", "n2");
      for (Watched daemon : daemons) {
        daemon.await("n2 leads", PATIENCE, Watched.leader("n2"));
        daemon.close();
      }
    }
  }

  @Test
  void aUserIsConfiguredWhereEtcdHasNone() {
    try (EtcdLab etcd = EtcdLab.startWith();
        Watched watched = new Watched(Optional.of(asRoot(etcd)), Watched.patroni(), state)) {
      etcd.put(P + "leader", "n1");
      watched.await("n1 leads", Watched.leader("n1"));
      etcd.enableUsers("s3cret");
      etcd.put(P + "leader", "n2");
      watched.await("n2 leads", PATIENCE, Watched.leader("n2"));
    }
  }

  private static EtcdConfig asRoot(EtcdLab lab) {
    return change(lab.config())
        .with(EtcdConfig::username, Optional.of("root"))
        .with(EtcdConfig::password, Optional.of(new Secret("s3cret")))
        .record();
  }
}
