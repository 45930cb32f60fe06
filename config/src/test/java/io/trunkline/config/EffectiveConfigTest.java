package io.trunkline.config;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveConfigTest {
  private static final String SMALLEST = "clusters: [{scope: a, etcd: {hosts: [x:1]}}]\n";

  @Test
  void what_it_writes_is_read_as_the_same() {
    TrunklineConfig full = Loading.valid(FullMappingTest.text("spelled.yaml"));

    assertThat(Loading.valid(EffectiveConfig.render(full, Secret::reveal))).isEqualTo(full);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "listeners: []\nvips: [{name: a, interface: lo, addresses: [10.0.0.1], mode: leader}]",
        "vips: [{name: a, interface: lo, addresses: [10.0.0.1], mode: etcd}]",
        "vips: [{name: a, interface: lo, addresses: ['2001:db8::5/64']}]",
        "vips: [{name: a, interface: lo, addresses: [10.0.0.1], vrrp: {checksum_as_v2: true}}]",
        "vips: [{name: a, interface: lo, addresses: [10.0.0.1], vrrp: {preempt: false}}]",
        "vips: [{name: a, interface: lo, addresses: [10.0.0.1], duplicate_address: refuse}]",
      })
  void with_defaults(String more) {
    TrunklineConfig config = Loading.valid(SMALLEST + more);

    assertThat(Loading.valid(EffectiveConfig.render(config))).isEqualTo(config);
  }

  @Test
  void secrets_are_masked() {
    String rendered = EffectiveConfig.render(Loading.valid(FullMappingTest.text("spelled.yaml")));

    assertThat(rendered)
        .doesNotContain("etcd's secret", "from a file", "in:url", "changeme123")
        .contains("password: '********'");
    assertThat(Loading.load(rendered)).isInstanceOf(ConfigResult.Valid.class);
  }

  @Test
  void every_default_is_written() {
    assertThat(EffectiveConfig.render(Loading.valid(SMALLEST)))
        .contains(
            "hold_timeout: auto",
            "max_lag: 16MB",
            "user_timeout: 2m",
            "max_startup_size: 10004",
            "application_name_add_host: false",
            "follow_messages: true",
            "target: postgres",
            "state_dir: /var/lib/trunkline",
            "route: replica");
  }

  @Test
  void any_text_survives() {
    TrunklineConfig config = Loading.valid(SMALLEST);
    var random = new Random(7);
    String alphabet = "ab1 :#-?[]{}&*!|>'\"%@`,$~=<\\\n\tüé\u00a0";
    // About 2 ms each; -DargLine=-Dtrunkline.fuzz=100000 for a long look.
    for (int i = Integer.getInteger("trunkline.fuzz", 800); i > 0; i--) {
      StringBuilder text = new StringBuilder("x");
      for (int n = random.nextInt(8); n > 0; n--) {
        text.insert(
            random.nextInt(text.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
      }
      TrunklineConfig written = withPassword(config, text.toString());

      assertThat(Loading.valid(EffectiveConfig.render(written, Secret::reveal))).isEqualTo(written);
    }
  }

  private static TrunklineConfig withPassword(TrunklineConfig config, String password) {
    SentinelConfig sentinel =
        Configs.cluster("sentinel: {user: u, password: p}").sentinel().orElseThrow();
    sentinel = change(sentinel).with(SentinelConfig::password, new Secret(password)).record();
    ClusterConfig cluster =
        change(config.clusters().getFirst())
            .with(ClusterConfig::sentinel, Optional.of(sentinel))
            .record();
    return change(config).with(TrunklineConfig::clusters, List.of(cluster)).record();
  }
}
