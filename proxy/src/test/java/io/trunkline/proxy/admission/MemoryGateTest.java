package io.trunkline.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.proxy.admission.MemoryGate.Amount;
import org.junit.jupiter.api.Test;

class MemoryGateTest {
  private final MemoryGate gate = new MemoryGate();

  @Test
  void itClosesAboveTheLimitAndOpensWellBelow() {
    assertThat(gate.observe(new Amount(1000, 1000))).isFalse();
    assertThat(gate.closed()).isFalse();
    assertThat(gate.observe(new Amount(1001, 1000))).isTrue();
    assertThat(gate.closed()).isTrue();
    assertThat(gate.observe(new Amount(900, 1000))).isFalse();
    assertThat(gate.closed()).isTrue();
    assertThat(gate.observe(new Amount(899, 1000))).isTrue();
    assertThat(gate.closed()).isFalse();
    assertThat(gate.observe(new Amount(950, 1000))).isFalse();
    assertThat(gate.closed()).isFalse();
  }

  @Test
  void anyAmountClosesItAndAllOpenIt() {
    gate.observe(new Amount(1, 10), new Amount(11, 10));
    assertThat(gate.closed()).isTrue();
    gate.observe(new Amount(10, 10), new Amount(1, 10));
    assertThat(gate.closed()).isTrue();
    gate.observe(new Amount(8, 10), new Amount(8, 10));
    assertThat(gate.closed()).isFalse();
  }
}
