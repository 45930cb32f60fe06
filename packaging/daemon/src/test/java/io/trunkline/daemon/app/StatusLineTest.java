package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.SampleVips;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusLineTest {
  @TempDir Path directory;
  private SampleNode node;

  @BeforeEach
  void open() throws IOException {
    node = new SampleNode(SampleConfig.withVipIn(directory), SampleCluster.healthy());
  }

  private String line() {
    return new StatusLine(node.facts()).text();
  }

  @Test
  void saysWhereWritesGoWhoHasTheVipAndHowManySessionsThereAre() {
    node.observe().vips(SampleVips.master());
    assertThat(line()).isEqualTo("main: open, writes to pg-1; VIP main: master; 2 sessions");
  }

  @Test
  void saysWhatIsNotKnownYet() {
    assertThat(line()).startsWith("main: state not read yet; ");
  }

  @Test
  void namesTheHolderThatABackupWaitsFor() {
    node.observe().vips(SampleVips.aside());
    assertThat(line()).contains("VIP main: backup of ");
  }
}
