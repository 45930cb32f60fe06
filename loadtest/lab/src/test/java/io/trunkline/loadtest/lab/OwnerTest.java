package io.trunkline.loadtest.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerTest {
  @Test
  void thisProcessIsAlive() {
    assertThat(Owner.parse(Owner.self().toString()).alive()).isTrue();
  }

  @Test
  void anotherProcessWithTheSamePidIsNotTheOwner() {
    Owner self = Owner.self();

    assertThat(new Owner(self.pid(), self.started() - 100).alive()).isFalse();
    assertThat(new Owner(1L << 40, self.started()).alive()).isFalse();
  }
}
