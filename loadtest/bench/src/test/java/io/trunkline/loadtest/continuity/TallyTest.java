package io.trunkline.loadtest.continuity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final String LOG =
      """
      version psycopg2 2.9.5
      1 ok 1500 \n\
      2 40001 900 SerializationFailure: the member was lost
      3 ok 2500 \n\
      4 08007 700 the member was lost while a statement ran
      0 57P03 20 no primary
      5 none 800 FATAL: the member was lost while a statement ran; whether it was committed is not known
      6 57P01 300 terminating connection
      end
      """;

  private final CounterLog log = new CounterLog(Path.of("none"));
  private final Ledger ledger = new Ledger();

  private Tally tally() {
    log.add(LOG);
    return Tally.of(7, log, ledger);
  }

  private void committed(int... attempts) {
    for (int attempt : attempts) {
      ledger.attempt(7, attempt);
    }
    ledger.counter(7, attempts.length);
  }

  @Test
  void whatWasAcknowledgedAndWhatEndedUnclearAndIsThereIsExact() {
    committed(1, 3, 5);
    Tally tally = tally();
    assertThat(tally.exact()).isTrue();
    assertThat(tally.attempts()).isEqualTo(6);
    assertThat(tally.acknowledged()).isEqualTo(2);
    assertThat(tally.refused()).isOne();
    assertThat(tally.unknown()).isEqualTo(2);
    assertThat(tally.others()).isEqualTo(Map.of("57P01", 1));
    assertThat(tally.unclearCommitted()).isOne();
    assertThat(tally.between()).isEqualTo(Map.of("57P03", 1));
    assertThat(tally.row("psycopg2", 1))
        .isEqualTo(
            "| psycopg2 | 1 | 6 | 2 | 0 | 0 | 1 | 0 | 2 | 1 × 57P01 | 1 | 3 | 1 × 57P03 |\n");
  }

  @Test
  void whatWasAcknowledgedAndIsNotThereIsLost() {
    committed(1);
    Tally tally = tally();
    assertThat(tally.lost()).isOne();
    assertThat(tally.exact()).isFalse();
  }

  @Test
  void anAttemptThatIsThereTwiceIsNotExact() {
    committed(1, 3, 3);
    Tally tally = tally();
    assertThat(tally.twice()).isOne();
    assertThat(tally.exact()).isFalse();
  }

  @Test
  void whatGot40001AndIsThereIsNotExact() {
    committed(1, 2, 3);
    Tally tally = tally();
    assertThat(tally.refusedCommitted()).isOne();
    assertThat(tally.exact()).isFalse();
  }

  @Test
  void whatIsThereAndInNoLogIsNotExact() {
    committed(1, 3, 99);
    assertThat(tally().exact()).isFalse();
  }

  @Test
  void aCounterThatIsNotTheNumberOfRowsIsNotExact() {
    committed(1, 3);
    ledger.counter(7, 3);
    assertThat(tally().exact()).isFalse();
  }

  @Test
  void aSumOfTalliesIsTheirTable() {
    committed(1, 3, 4);
    Tally one = tally();
    Tally both = Tally.sum(List.of(one, one));
    assertThat(both.acknowledged()).isEqualTo(4);
    assertThat(both.others()).isEqualTo(Map.of("57P01", 2));
    assertThat(both.exact()).isTrue();
  }

  @Test
  void aLogIsReadWhileItIsWritten() {
    log.add("version psql\n1 ok 15");
    assertThat(log.acknowledged().isEmpty()).isTrue();
    assertThat(log.version()).isEqualTo("psql");
    log.add("00 \n2 40001 9 lost\n");
    assertThat(log.acknowledged().cardinality()).isOne();
    assertThat(log.takeLongest()).isEqualTo(Duration.ofNanos(1_500_000));
    assertThat(log.takeErrors()).isEqualTo(Map.of("40001", 1));
    assertThat(log.takeErrors()).isEmpty();
    assertThat(log.ended()).isFalse();
    log.add("end\n");
    assertThat(log.ended()).isTrue();
  }
}
