package io.trunkline.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void whatMakeLeavesEmptyHasItsDefault() {
    Options options = Options.of(new String[] {"QUICK=", "PAIRS=", "CASES=", "HAPROXY="});

    assertThat(options.pairs()).isEqualTo(7);
    assertThat(options.minutes()).isEqualTo(60);
    assertThat(options.publishes()).isTrue();
    assertThat(options.wants(new Scale())).isTrue();
  }

  @Test
  void onlyAWholeRunGoesOntoThePage() {
    assertThat(Options.of(new String[] {"QUICK=1"}).publishes()).isFalse();
    assertThat(Options.of(new String[] {"CASES=bulk idle"}).publishes()).isFalse();
  }

  @Test
  void aCaseThatIsNamedRunsAlsoWhereAQuickRunHasNoTimeForIt() {
    Scale slow = new Scale();

    assertThat(Options.of(new String[] {"QUICK=1"}).wants(slow)).isFalse();
    assertThat(Options.of(new String[] {"QUICK=1", "CASES=bulk,scale"}).wants(slow)).isTrue();
  }

  @Test
  void aHaproxyThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> Options.of(new String[] {"HAPROXY=/no/such"}))
        .hasMessageContaining("/no/such");
  }
}
