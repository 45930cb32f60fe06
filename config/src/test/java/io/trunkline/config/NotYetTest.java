package io.trunkline.config;

import static io.trunkline.config.Loading.cluster;
import static io.trunkline.config.Loading.listener;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of these goes when the feature comes. */
class NotYetTest {

  @Test
  void sentinel() {
    refuses(
        cluster("scope: a\netcd: {hosts: [x:1]}\nsentinel: {user: u, password: p}"),
        "4:15: clusters[0].sentinel: is not in this version yet; remove it");
  }

  @Test
  void other_problems_are_told_once() {
    assertThat(
            Loading.problems(
                Loading.loadForThisVersion(
                    cluster("scope: a\netcd: {hosts: [x:y]}\nsentinel: {user: u, password: p}"))))
        .containsExactly(
            "3:20: clusters[0].etcd.hosts[0]: port \"y\" is not a number",
            "4:15: clusters[0].sentinel: is not in this version yet; remove it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "[]", "clusters: 1", "vips: {a: b}", "listeners: [1, {tls: 1}]"})
  void what_is_no_configuration_is_no_trouble(String text) {
    assertThat(Loading.problems(Loading.loadForThisVersion(text)))
        .isEqualTo(Loading.problems(text));
  }

  @Test
  void everything_else_is_in() {
    assertThat(
            Loading.loadForThisVersion(
                listener("tls: {mode: passthrough, require: yes}\nbackend_tls: disable")
                    + "vips: [{name: a, interface: lo, addresses: [10.0.0.1/24], mode: etcd}]\n"))
        .isInstanceOf(ConfigResult.Valid.class);
  }

  private static void refuses(String yaml, String... problems) {
    Loading.valid(yaml);
    assertThat(Loading.problems(Loading.loadForThisVersion(yaml))).containsExactly(problems);
  }
}
