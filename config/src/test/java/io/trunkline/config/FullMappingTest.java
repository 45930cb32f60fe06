package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** full.yaml has every key, written as {@code check --effective} writes it. */
class FullMappingTest {
  private final TrunklineConfig full = Loading.valid(text("full.yaml"));
  private final Map<String, TreeSet<String>> values = new TreeMap<>();

  static String text(String file) {
    try {
      return Files.readString(Loading.pem("../" + file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_is_read_is_written_as_it_was() {
    assertThat(EffectiveConfig.render(full, Secret::reveal))
        .isEqualTo(text("full.yaml").replace("pem/", Loading.pem("") + "/"));
  }

  @Test
  void no_key_is_missing_and_none_has_its_default_everywhere() {
    collect("", EffectiveConfig.tree(full, Secret::reveal));
    for (Section<?> section : RootReader.KEYS.all().toList()) {
      for (Key<?> key : section.keys()) {
        if (key.name().matches(".*_file|host|url")) {
          continue; // Another way to write something else.
        }
        TreeSet<String> found = values.get(section.path() + "/" + key.name());
        assertThat(found).as("%s in full.yaml", key.name()).isNotNull();
        if (key.type().byDefault() != null) {
          assertThat(found).anyMatch(it -> !it.equals(EffectiveConfig.text(key.byDefault())));
        }
      }
    }
  }

  private void collect(String path, Object value) {
    switch (value) {
      case Map<?, ?> mapping ->
          mapping.forEach(
              (key, inner) -> {
                values
                    .computeIfAbsent(path + "/" + key, _ -> new TreeSet<>())
                    .add(String.valueOf(inner));
                collect(path.isEmpty() ? key.toString() : path + "." + key, inner);
              });
      case List<?> items -> items.forEach(item -> collect(path + "[]", item));
      default -> {}
    }
  }

  @Test
  void types() {
    assertThat(full.memoryLimit()).hasValue(512L << 20);
    assertThat(full.threads()).hasValue(3);
    assertThat(full.drainTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(full.listeners().getFirst().bind()).isEqualTo(new HostPort("10.0.0.1", 5433));
    assertThat(full.listeners().getFirst().maxLag()).hasValue(1L << 30);
    assertThat(full.listeners().getFirst().weights()).isEqualTo(Map.of("pg-1", 200, "pg-2", 1));
    assertThat(full.cluster("main").sentinel().orElseThrow().requireAuth())
        .containsExactlyInAnyOrder(SentinelConfig.Auth.MD5, SentinelConfig.Auth.SCRAM_SHA_256);
  }

  @Test
  void other_spellings() {
    TrunklineConfig spelled = Loading.valid(text("spelled.yaml"));
    ClusterConfig main = spelled.cluster("main");

    assertThat(main.namespace()).isEqualTo("/db/");
    assertThat(main.etcd().orElseThrow().hosts())
        .containsExactly(new HostPort("192.168.0.203", 2379), new HostPort("::1", 2380));
    assertThat(main.patroni().hosts())
        .containsExactly(
            URI.create("https://pg1:8008"),
            URI.create("http://pg2:8009"),
            URI.create("https://[::1]:8008"));
    assertThat(main.sentinel().orElseThrow().password()).isEqualTo(new Secret("from a file "));
    EtcdConfig second = spelled.cluster("second").etcd().orElseThrow();
    assertThat(second.hosts()).containsExactly(new HostPort("etcd", 2379));
    assertThat(second.protocol()).isEqualTo(EtcdConfig.Protocol.HTTPS);
    assertThat(second.username()).contains("root");
    assertThat(second.password()).contains(new Secret("in:url"));
    ListenerConfig listener = spelled.listeners().getFirst();
    assertThat(listener.tls().files().cert()).contains(Loading.pem("both.pem"));
    assertThat(listener.deny()).containsExactly(Cidr.parse("10.0.0.9/32"));
    assertThat(listener.applicationNameAddHost()).isTrue();
    assertThat(listener.followMessages()).isFalse();
    assertThat(listener.keepSettings()).containsExactly("app.tenant");
    assertThat(listener.keepListen()).isTrue();
    assertThat(listener.rules()).extracting(RuleConfig::databases).contains(List.of("shop"));
  }

  @Test
  void it_is_never_shown_with_secrets() {
    assertThat(Loading.valid(text("spelled.yaml")).toString())
        .doesNotContain("etcd's secret", "from a file", "in:url", "changeme")
        .contains("********");
  }
}
