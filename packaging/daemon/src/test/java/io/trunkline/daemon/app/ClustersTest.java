package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.Validity;
import io.trunkline.healthcheck.ClusterSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClustersTest {
  private final List<String> heard = new ArrayList<>();

  private ClusterSource open(ClusterConfig cluster) {
    return new ClusterSource() {
      @Override
      public void start() {}

      @Override
      public void acceptTimeline() {}

      @Override
      public List<Validity> validities() {
        return List.of();
      }

      @Override
      public void connected(String member) {
        heard.add(cluster.name() + " connected " + member);
      }

      @Override
      public void failed(String member, String failure) {
        heard.add(cluster.name() + " failed " + member + " " + failure);
      }

      @Override
      public void standbySeen(String member) {
        heard.add(cluster.name() + " standby seen " + member);
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void tellsTheClusterItIsAbout() {
    try (Clusters clusters = new Clusters((cluster, _, _) -> open(cluster), _ -> {})) {
      clusters.apply(
          Configs.read(
              """
              clusters:
                - {name: a, scope: a, etcd: {hosts: [localhost]}}
                - {name: b, scope: b, etcd: {hosts: [localhost]}}
              listeners: [{name: w, bind: "127.0.0.1:0", route: primary, cluster: a}]
              """));
      clusters.connected("b", "pg-1");
      clusters.failed("a", "pg-2", "refused");
      clusters.standbySeen("b", "pg-1");
      clusters.standbySeen("c", "pg-1");
      clusters.connected("c", "pg-3");
      clusters.failed("c", "pg-3", "refused");
    }
    assertThat(heard)
        .containsExactly("b connected pg-1", "a failed pg-2 refused", "b standby seen pg-1");
  }
}
