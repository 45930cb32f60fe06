package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
  @TempDir Path directory;

  @Test
  void viewsMustKeepComing() throws IOException {
    SampleCluster cluster = SampleCluster.healthy();
    SampleNode node = new SampleNode(SampleConfig.in(directory), cluster);
    Health health = new Health(node.facts());
    assertThat(health.ailment()).as("nothing seen yet").isEmpty();
    node.observe();
    cluster.after(Duration.ofSeconds(9));
    assertThat(health.ailment()).isEmpty();
    cluster.after(Duration.ofSeconds(2));
    assertThat(health.ailment()).contains("the view of cluster main is 11 s old");
    node.observe();
    assertThat(health.ailment()).isEmpty();
  }

  @Test
  void aMemberMustBeAsked() throws IOException {
    SampleCluster cluster = SampleCluster.healthy();
    SampleNode node = new SampleNode(SampleConfig.in(directory), cluster);
    Health health = new Health(node.facts());
    cluster.after(Duration.ofSeconds(24));
    cluster.primary("pg-1", 7);
    cluster.dies("pg-3"); // that one was asked: it does not answer
    node.observe();
    assertThat(health.ailment()).contains("member pg-2 of cluster main was last queried 24 s ago");
    cluster.replica("pg-2", 1_000);
    node.observe();
    assertThat(health.ailment()).isEmpty();
  }
}
