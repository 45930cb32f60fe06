package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.takeover.Timeline.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  @TempDir Path directory;
  private Recording recording;

  @BeforeEach
  void files() throws IOException {
    recording = new Recording(file("sessions"), file("pings"), file("arp"));
    Files.writeString(
        file("sessions"),
        """
        --- 2026-11-21T13:43:10.000Z svc start sessions
        arp 50 02:00:00:00:00:01
        open 60 70
        open 65 75
        ok 100 120\s
        no 110 140 Connection refused
        held 60 150 closed
        arp 160 02:00:00:00:00:02
        ok 130 170\s
        ok 180 19\
        """);
    Files.writeString(
        file("pings"),
        """
        PING 10.77.3.101 (10.77.3.101) 56(84) bytes of data.
        [1795268784.154593] 64 bytes from 10.77.3.101: icmp_seq=1 ttl=64 time=0.05 ms
        [1795268784.164593] From 10.77.3.21 icmp_seq=2 Destination Host Unreachable
        """);
    Files.writeString(
        file("arp"),
        """
        100000 02:00:00:00:00:01
        110000 02:00:00:00:00:01
        110100 02:00:00:00:00:02
        900000 02:00:00:00:00:01
        """);
    Files.writeString(
        file("addresses"),
        """
        [2026-11-21T13:46:13.000001] 708: eth0    inet 10.77.3.101/32 scope global eth0
               valid_lft 2sec preferred_lft 2sec
        [2026-11-21T13:46:14.000001] Deleted 708: eth0    inet 10.77.3.10/32 scope global eth0
        [2026-11-21T13:46:15.000001] Deleted 708: eth0    inet 10.77.3.101/32 scope global eth0
        """);
  }

  @Test
  void readsTheClientsSessions() {
    assertThat(recording.answered()).as("a line that is not whole yet").containsExactly(120L, 170L);
    assertThat(recording.failed(0, 200)).isEqualTo(Map.of("Connection refused", 1L));
    assertThat(recording.failed(111, 200)).isEmpty();
    assertThat(recording.opened(60, 65)).isEqualTo(2);
    assertThat(recording.ended(60, 65)).containsExactly(150L);
  }

  @Test
  void readsWhomTheClientBelieves() {
    assertThat(recording.clientBelieves(10)).isEqualTo("none");
    assertThat(recording.clientBelieves(159)).isEqualTo("02:00:00:00:00:01");
    assertThat(recording.clientLearnt("02:00:00:00:00:02", 100)).contains(160L);
    assertThat(recording.clientLearnt("02:00:00:00:00:01", 100)).isEmpty();
  }

  @Test
  void readsPings() {
    assertThat(recording.pinged()).containsExactly(1795268784154593L);
  }

  @Test
  void readsWhoAnswersForTheAddress() {
    assertThat(recording.owners(0, 1_000_000))
        .isEqualTo(
            Map.of(
                "02:00:00:00:00:01",
                List.of(new Span(100000, 110000), new Span(900000, 900000)),
                "02:00:00:00:00:02",
                List.of(new Span(110100, 110100))));
  }

  @Test
  void readsWhenTheAddressWasRemoved() {
    long removed = 1795268775000001L;
    Path log = file("addresses");
    assertThat(Recording.removed(log, "10.77.3.101", removed - 1)).contains(removed);
    assertThat(Recording.removed(log, "10.77.3.101", removed + 1)).isEmpty();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }
}
