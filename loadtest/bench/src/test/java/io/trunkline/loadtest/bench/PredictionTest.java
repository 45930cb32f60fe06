package io.trunkline.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PredictionTest {
  @Test
  void whatDoesNotGetDearerScalesWithTheProcessors() {
    assertThat(new Prediction(20, 20).perSecond(32)).isEqualTo(32 * 50_000.0);
    assertThat(new Prediction(20, 18).perSecond(32)).isEqualTo(32 * 50_000.0);
  }

  @Test
  void whatGetsDearerHasALimit() {
    Prediction tenPercentDearer = new Prediction(20, 22);

    assertThat(tenPercentDearer.perSecond(2)).isEqualTo(2 / 22e-6, within(1.0));
    assertThat(tenPercentDearer.perSecond(32)).isEqualTo(32 / 4.1 * 50_000, within(1.0));
  }
}
