package io.trunkline.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.vrrp.Bid;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BiddingTest {
  private static final Instant START = Instant.EPOCH;

  @Test
  void nothingIsStakedBeforeTheDaemonSaysSo() {
    Bidding bidding = Bidding.unknown(100);
    assertThat(bidding.priority()).isEqualTo(Bid.NOT_SERVING);
    assertThat(bidding.wants(true, VipState.BACKUP, START).priority()).isEqualTo(100);
  }

  @Test
  void whatKeepsTheAddressesWhereTheyAreCountsAtOnce() {
    assertThat(serving().wants(false, VipState.BACKUP, START).priority())
        .isEqualTo(Bid.NOT_SERVING);
    assertThat(idle().wants(true, VipState.MASTER, START).priority()).isEqualTo(100);
  }

  @Test
  void whatWouldMoveTheAddressesHasToLast() {
    Bidding falling = serving().wants(false, VipState.MASTER, START);
    assertThat(falling.at(START.plusMillis(999)).priority()).isEqualTo(100);
    assertThat(falling.at(START.plus(Bidding.FALL)).priority()).isEqualTo(Bid.NOT_SERVING);
    Bidding rising = idle().wants(true, VipState.BACKUP, START);
    assertThat(rising.at(START.plusMillis(2999)).priority()).isEqualTo(Bid.NOT_SERVING);
    assertThat(rising.at(START.plus(Bidding.RISE)).priority()).isEqualTo(100);
  }

  @Test
  void sayingItAgainDoesNotPostponeIt() {
    Bidding rising = idle().wants(true, VipState.BACKUP, START);
    assertThat(rising.wants(true, VipState.BACKUP, START.plusSeconds(2))).isEqualTo(rising);
  }

  @Test
  void aChangeOfMindIsForgotten() {
    Bidding falling = serving().wants(false, VipState.MASTER, START);
    Bidding again = falling.wants(true, VipState.MASTER, START.plusMillis(500));
    assertThat(again.changeAt()).isEqualTo(Instant.MAX);
    assertThat(again.at(START.plusSeconds(60)).priority()).isEqualTo(100);
  }

  @Test
  void aNewStateMayEndTheWaiting() {
    Bidding falling = serving().wants(false, VipState.MASTER, START);
    assertThat(falling.in(VipState.BACKUP, START).at(START).priority()).isEqualTo(Bid.NOT_SERVING);
    assertThat(falling.in(VipState.MASTER, START)).isEqualTo(falling);
  }

  @Test
  void aStormMovesNothing() {
    Random random = new Random(1);
    Bidding bidding = serving();
    Instant now = START;
    for (int i = 0; i < 10_000; i++) {
      now = now.plusMillis(random.nextInt(900));
      bidding = bidding.at(now).wants(i % 2 == 0, VipState.MASTER, now);
      assertThat(bidding.priority()).isEqualTo(100);
    }
    bidding = idle();
    for (int i = 0; i < 10_000; i++) {
      now = now.plusMillis(random.nextInt(2900));
      bidding = bidding.at(now).wants(i % 2 == 0, VipState.BACKUP, now);
      assertThat(bidding.priority()).isEqualTo(Bid.NOT_SERVING);
    }
  }

  private static Bidding serving() {
    return Bidding.unknown(100).wants(true, VipState.INITIALIZE, START);
  }

  private static Bidding idle() {
    return Bidding.unknown(100).wants(false, VipState.INITIALIZE, START);
  }
}
