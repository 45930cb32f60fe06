package io.trunkline.healthcheck.dcs.etcd;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.healthcheck.EtcdLab;
import io.trunkline.healthcheck.dcs.DcsLeaseStore;
import io.trunkline.healthcheck.dcs.DcsLeaseStore.Renewal;
import io.trunkline.healthcheck.dcs.DcsLeaseStore.Value;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes and their leases, in a real etcd. */
@Timeout(60)
class EtcdLeaseStoreTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  /** A call ends after a second, which a busy machine may need. */
  private static <T> T soon(Supplier<CompletableFuture<T>> call) {
    while (true) {
      try {
        return call.get().join();
      } catch (CompletionException e) {
        assertThat(e).hasMessageNotContaining("closed");
      }
    }
  }

  @Test
  void theFirstClaimHoldsUntilItsLeaseEnds() {
    try (EtcdLab lab = EtcdLab.start(1)) {
      ClusterConfig cluster =
          change(Configs.cluster()).with(ClusterConfig::etcd, Optional.of(lab.config())).record();
      try (DcsLeaseStore etcd = new EtcdLeaseStore(cluster, "vip", "/trunkline/vip/")) {
        long one = soon(() -> etcd.grant(TTL)).id();
        long two = soon(() -> etcd.grant(TTL)).id();
        Renewal first = soon(() -> renew(etcd, one, "a")).orElseThrow();
        assertThat(first.ttl()).contains(TTL);
        assertThat(first.keys())
            .containsOnly(
                Map.entry("candidates/a", new Value("serving", one)),
                Map.entry("holder", new Value("a", one)));
        assertThat(soon(() -> renew(etcd, two, "b")).orElseThrow().keys())
            .containsEntry("holder", new Value("a", one))
            .containsEntry("candidates/b", new Value("serving", two));
        etcd.revoke(one).exceptionally(_ -> null).join();
        assertThat(soon(() -> renew(etcd, one, "a"))).as("its lease is gone").isEmpty();
        assertThat(soon(() -> etcd.renew(two, Map.of(), Map.of())).orElseThrow().keys())
            .containsOnlyKeys("candidates/b");
        assertThat(soon(() -> renew(etcd, two, "b")).orElseThrow().keys())
            .containsEntry("holder", new Value("b", two));
      }
    }
  }

  private static CompletableFuture<Optional<Renewal>> renew(
      DcsLeaseStore etcd, long lease, String node) {
    return etcd.renew(lease, Map.of("candidates/" + node, "serving"), Map.of("holder", node));
  }
}
