package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.EventHistory.Numbered;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventHistoryTest {
  @Test
  void keepsTheLastAndNumbersAll() {
    EventHistory history = new EventHistory(3);
    assertThat(history.last()).isZero();
    for (int i = 1; i <= 5; i++) {
      history.emit(Event.of(Instant.EPOCH, EventName.RELOADED, "n", i));
    }
    assertThat(history.since(0)).extracting(Numbered::seq).containsExactly(3L, 4L, 5L);
    assertThat(history.since(4)).extracting(n -> n.event().fields().get("n")).containsExactly("5");
    assertThat(history.since(99)).isEmpty();
    assertThat(history.last()).isEqualTo(5);
  }
}
