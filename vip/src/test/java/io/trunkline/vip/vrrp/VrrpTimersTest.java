package io.trunkline.vip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.LoopTime;
import io.trunkline.vip.VipReason;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is not given to the machine ends as if it had been. */
class VrrpTimersTest {
  private static final InetAddress LOCAL = InetAddress.ofLiteral("10.0.0.1");
  private static final Duration INTERVAL = Duration.ofMillis(300);

  private final LoopTime time = new LoopTime(InstantSource.fixed(Instant.EPOCH));

  @Test
  void itAgreesWithTheMachine() {
    int repeated = 0;
    for (int seed = 0; seed < 300; seed++) {
      repeated += compare(new Random(seed));
    }
    assertThat(repeated).isGreaterThan(4_000);
  }

  /** Runs both, and returns how often the machine was not asked. */
  private int compare(Random random) {
    VirtualRouter router = router(random);
    VrrpState plain = new Initialize(new Bid(100, LOCAL));
    VrrpTimers tested = new VrrpTimers(router, time, plain);
    int repeated = 0;
    Instant now = Instant.EPOCH;
    for (int i = 0; i < 300; i++) {
      VrrpEvent event = event(random, i);
      now =
          event instanceof VrrpEvent.TimerExpired && !plain.deadline().equals(Instant.MAX)
              ? plain.deadline().plusMillis(random.nextInt(20) == 0 ? random.nextInt(2000) : 0)
              : now.plusMillis(random.nextInt(200));
      VrrpState.Step step = plain.on(event, now, router);
      plain = step.state();
      if (taken(tested, event, time.nanos(now))) {
        repeated++;
        assertThat(step.actions())
            .isEqualTo(
                event instanceof VrrpEvent.TimerExpired
                    ? List.of(new VrrpAction.SendAdvertisement(plain.bid().priority()))
                    : List.of());
      } else {
        tested.enter(tested.exact().on(event, now, router).state());
      }
      assertThat(tested.deadline()).isEqualTo(time.nanos(plain.deadline()));
      if (random.nextInt(10) == 0) {
        assertThat(tested.exact()).isEqualTo(plain);
      }
    }
    return repeated;
  }

  private static boolean taken(VrrpTimers tested, VrrpEvent event, long now) {
    return switch (event) {
      case VrrpEvent.TimerExpired _ -> tested.advertise(now);
      case VrrpEvent.AdvertisementReceived received -> tested.hear(received.advertisement(), now);
      default -> false;
    };
  }

  private static VrrpEvent event(Random random, int index) {
    if (index == 0) {
      return new VrrpEvent.Startup(LOCAL);
    }
    int master = random.nextInt(20) == 0 ? random.nextInt(255) : 110;
    return switch (random.nextInt(40)) {
      case 0 -> new VrrpEvent.PriorityChanged(random.nextInt(1, 255));
      case 1 -> new VrrpEvent.Release(VipReason.RELEASED);
      case 2 -> new VrrpEvent.Startup(LOCAL);
      case 3 -> new VrrpEvent.AddressLost();
      case 4 -> new VrrpEvent.SessionsEnded();
      case 5, 6, 7, 8, 9, 10, 11, 12, 13 ->
          new VrrpEvent.AdvertisementReceived(
              new Advertisement(master, INTERVAL, InetAddress.ofLiteral("10.0.0.2")));
      default -> new VrrpEvent.TimerExpired();
    };
  }

  private static VirtualRouter router(Random random) {
    return new VirtualRouter(
        VrrpVersion.V3,
        51,
        List.of(InetAddress.ofLiteral("10.0.0.100")),
        INTERVAL,
        random.nextBoolean(),
        random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(1),
        Password.NONE,
        false,
        new Announcements(5, Duration.ofSeconds(5), Duration.ZERO));
  }
}
