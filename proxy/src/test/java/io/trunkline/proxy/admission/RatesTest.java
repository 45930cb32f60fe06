package io.trunkline.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.config.LimitsConfig;
import io.trunkline.proxy.admission.TokenBucket.Rate;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {
  private static final long SECOND = 1_000_000_000;
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND); // it may overflow

  private static InetAddress address(int number) {
    try {
      return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(number).array());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private int taken(TokenBucket bucket, int attempts) {
    int taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += bucket.take(now.get()) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void aBucketGivesItsBurstAndThenItsRate() {
    TokenBucket bucket = new TokenBucket(new Rate(10, 20), now.get());
    assertThat(taken(bucket, 100)).isEqualTo(20);
    now.addAndGet(SECOND / 10);
    assertThat(taken(bucket, 100)).isEqualTo(1);
    now.addAndGet(SECOND);
    assertThat(taken(bucket, 100)).isEqualTo(10);
    now.addAndGet(100 * SECOND);
    assertThat(taken(bucket, 100)).isEqualTo(20);
  }

  @Test
  void oneASecondIsOneASecond() {
    TokenBucket bucket = new TokenBucket(new Rate(1, 1), now.get());
    assertThat(taken(bucket, 5)).isEqualTo(1);
    now.addAndGet(SECOND - 1);
    assertThat(taken(bucket, 5)).isZero();
    now.addAndGet(1);
    assertThat(taken(bucket, 5)).isEqualTo(1);
  }

  @Test
  void addressesAreApart() {
    AddressRates rates = new AddressRates(new Rate(1, 1), now::get);
    assertThat(rates.take(address(1))).isTrue();
    assertThat(rates.take(address(1))).isFalse();
    assertThat(rates.take(address(2))).isTrue();
  }

  @Test
  void aMillionAddressesAreNotAllRemembered() {
    AddressRates rates = new AddressRates(new Rate(1, 1), now::get);
    assertThat(rates.take(address(-1))).isTrue();
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(rates.take(address(i))).isTrue();
      if (i % 1_000 == 0) {
        assertThat(rates.take(address(-1))).as("one that goes on is not forgotten").isFalse();
      }
    }
    assertThat(rates.remembered()).isEqualTo(AddressRates.REMEMBERED);
  }

  @Test
  void whoIsRefusedForHisAddressDoesNotCountForAll() {
    ConnectionRates rates =
        new ConnectionRates(
            new LimitsConfig(9, 9, 9, OptionalInt.of(2), OptionalInt.of(1), 10_000), now::get);
    assertThat(rates.enter(address(1))).isEmpty();
    for (int i = 0; i < 5; i++) {
      assertThat(rates.enter(address(1))).contains(SessionEnd.CONNECTION_RATE_PER_ADDRESS);
    }
    assertThat(rates.enter(address(2))).isEmpty();
    assertThat(rates.enter(address(3))).contains(SessionEnd.CONNECTION_RATE);
  }

  @Test
  void withoutRatesEverybodyMay() {
    ConnectionRates rates = new ConnectionRates(Configs.limits(9, 9, 9), now::get);
    for (int i = 0; i < 1_000; i++) {
      assertThat(rates.enter(address(1))).isEmpty();
    }
  }
}
