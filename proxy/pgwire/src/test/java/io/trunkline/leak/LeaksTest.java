package io.trunkline.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeaksTest {
  @Test
  void a_buffer_that_nobody_releases_is_found_and_one_that_is_released_is_not() throws Exception {
    allocate().release();
    assertThat(Leaks.found()).isEmpty();
    allocate();
    assertThat(Leaks.found()).singleElement().asString().contains("ByteBuf", "LeaksTest.allocate");
  }

  private static ByteBuf allocate() {
    return ByteBufAllocator.DEFAULT.directBuffer(8).writeByte(1);
  }
}
