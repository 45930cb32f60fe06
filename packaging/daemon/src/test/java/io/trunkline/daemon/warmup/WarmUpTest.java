package io.trunkline.daemon.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.config.Configs;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class WarmUpTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final String CLUSTER = "clusters: [{scope: main, etcd: {hosts: [127.0.0.1:1]}}]\n";

  private static WarmUp of(TrunklineConfig config) {
    return new WarmUp(config, new MonotonicClock());
  }

  @TempDir Path directory;

  private TrunklineConfig terminating() throws IOException {
    return Configs.read(
        CLUSTER
            + "listeners: [{name: write, bind: '127.0.0.1:0', route: primary,"
            + " tls: {mode: terminate, cert: '%s', key: '%s'}}]\n"
                .formatted(Configs.pem("rsa.crt", directory), Configs.pem("rsa.key", directory)));
  }

  @Test
  void sessionsGoThroughEachKindOfListenerUntilNothingIsLeftToCompile() throws IOException {
    WarmUp.Result result = of(terminating()).run(LONGEST);
    assertThat(result.transactions()).containsOnlyKeys("write", "read", "unread", "kept", "tls");
    assertThat(result.transactions().values()).allMatch(count -> count > 0);
    assertThat(result.views()).isGreaterThan(100);
    assertThat(result.settled()).isTrue();
  }

  @Test
  void itIsOverInTimeAndWithoutTlsWhereNoListenerEndsIt() throws IOException {
    Duration tooShort = Duration.ofMillis(200);
    WarmUp.Result result = of(Configs.read(CLUSTER)).run(tooShort);
    assertThat(result.transactions()).containsOnlyKeys("write", "read", "unread", "kept");
    assertThat(result.took()).isGreaterThanOrEqualTo(tooShort);
    assertThat(result.settled()).isFalse();
  }

  @Test
  void nothingIsLeftOfIt() throws Exception {
    of(Configs.read(CLUSTER)).run(Duration.ofSeconds(1));
    Await.end("warm-up");
  }

  @Test
  void itCanBeEndedEarly() throws IOException {
    WarmUp warmUp = of(Configs.read(CLUSTER));
    warmUp.stop();
    WarmUp.Result result = warmUp.run(Duration.ofMinutes(5));
    assertThat(result.settled()).isFalse();
  }

  @Test
  void aCertificateThatCannotBeReadIsTold() throws IOException {
    WarmUp warmUp = of(terminating());
    Files.delete(directory.resolve("rsa.crt"));
    assertThatThrownBy(() -> warmUp.run(LONGEST))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rsa.crt");
  }
}
