package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, sizes, addresses and suggestions. */
class SmallPartsTest {

  @ParameterizedTest
  @CsvSource({"300ms,300", "2s,2000", "5m,300000", "1h,3600000", "0s,0", "2 s,2000"})
  void durations(String text, long millis) throws NotUnderstood {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "1d", "1S", "1m30s", "9999999999s", "５s"})
  void not_durations(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(NotUnderstood.class);
  }

  @ParameterizedTest
  @CsvSource({"0,0s", "1,1ms", "1000,1s", "1500,1500ms", "60000,1m", "90000,90s", "7200000,2h"})
  void durations_as_text(long millis, String text) throws NotUnderstood {
    assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
    assertThat(Durations.parse(text).toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"1B,1", "16MB,16777216", "1kB,1024", "2GB,2147483648", "1TB,1099511627776"})
  void sizes(String text, long bytes) throws NotUnderstood {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
    assertThat(Sizes.format(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "16|\"16\" has no unit; write 16B for bytes or 16MB",
        "16mb|\"16mb\" has an unknown unit; write 16MB (the units are B, kB, MB, GB and TB)",
        "16MiB|\"16MiB\" has an unknown unit; write 16MB (the units are B, kB, MB, GB and TB)",
        "16K|\"16K\" has an unknown unit; write 16kB (the units are B, kB, MB, GB and TB)",
        "1.5MB|\"1.5MB\" is not a size; write a whole number and a unit, as in 16MB",
        "999999999999999TB|\"999999999999999TB\" is more than can be counted",
      })
  void not_sizes(String text, String message) {
    assertThatThrownBy(() -> Sizes.parse(text)).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:1",
        "a.example.:1",
        "10.0.0.1:5432",
        "[::1]:5",
        "[fe80::1%eth0]:5",
        "a_b-c:65535"
      })
  void hosts_and_ports(String text) throws NotUnderstood {
    assertThat(Addresses.hostPort(text, OptionalInt.empty()).toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":1",
        "a",
        "a:",
        "a:b",
        "a:65536",
        "a:-1",
        "::1",
        "[::1]",
        "[::1",
        "[a]:1",
        "[]:1",
        "1.2.3:1",
        "256.1.1.1:1",
        "1.2.3.4.5:1",
        "-a:1",
        "a b:1",
        "a/b:1",
        "http://a:1",
        "a:1:2",
        "[::1%]:1",
        "a:99999999999"
      })
  void not_hosts_and_ports(String text) {
    assertThatThrownBy(() -> Addresses.hostPort(text, OptionalInt.empty()))
        .isInstanceOf(NotUnderstood.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1.2", "1.2.3", "0x7f.1.1.1", "256.0.0.1", "::g", "1::2::3", "", "a"})
  void not_addresses(String text) {
    assertThatThrownBy(() -> Addresses.address(text)).isInstanceOf(NotUnderstood.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:1, 10.0.0.1:1, true",
    "0.0.0.0:1, 0.0.0.0:1, true",
    "[::]:1, 0.0.0.0:1, true",
    "[::]:1, 10.0.0.1:1, true",
    "[::]:1, [::1]:1, true",
    "[::1]:1, '[0:0:0:0:0:0:0:1]:1', true",
    "'[::ffff:10.0.0.1]:1', 10.0.0.1:1, true",
    "localhost:1, 127.0.0.1:1, true",
    "name:1, NAME:1, true",
    "name:1, 0.0.0.0:1, true",
    "0.0.0.0:1, [::1]:1, false",
    "10.0.0.1:1, 10.0.0.2:1, false",
    "0.0.0.0:1, 0.0.0.0:2, false",
    "0.0.0.0:0, 0.0.0.0:0, false",
    "name:1, 10.0.0.1:1, false",
  })
  void overlaps(String one, String other, boolean overlap) throws NotUnderstood {
    HostPort a = Addresses.hostPort(one, OptionalInt.empty());
    HostPort b = Addresses.hostPort(other, OptionalInt.empty());

    assertThat(Binds.overlap(a, b)).isEqualTo(overlap);
    assertThat(Binds.overlap(b, a)).isEqualTo(overlap);
  }

  @Test
  void suggestions() {
    List<String> words = List.of("max_lag", "route", "fallback");

    assertThat(Suggestions.nearest("maxlag", words)).contains("max_lag");
    assertThat(Suggestions.nearest("Max-Lag", words)).contains("max_lag");
    assertThat(Suggestions.nearest("rotue", words)).contains("route");
    assertThat(Suggestions.nearest("bind", words)).isEmpty();
    assertThat(Suggestions.nearest("x".repeat(1_000_000), words)).isEmpty();
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void what_is_shown_is_short_and_harmless() {
    assertThat(Shown.of("a\nb\u001b[1m")).isEqualTo("\"a?b?[1m\"");
    assertThat(Shown.of("x".repeat(100))).isEqualTo("\"" + "x".repeat(60) + "…\"");
    assertThat(Shown.of("http://u:pw@h")).isEqualTo("\"********@h\"");
  }
}
