package io.trunkline.config;

import static io.trunkline.config.Loading.listener;
import static io.trunkline.config.Loading.vip;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of these goes when the feature comes. */
class NotYetTest {

  @Test
  void terminating_tls() {
    refuses(
        listener("tls: {mode: terminate, cert: pem/ec.crt, key: pem/ec.key}"),
        "3:17: listeners[0].tls.mode: terminate is not in this version yet; write passthrough");
  }

  @Test
  void requiring_tls() {
    refuses(
        listener("tls: {require: yes}"),
        "3:20: listeners[0].tls.require: true is not in this version yet; remove it");
  }

  @Test
  void tls_to_members() {
    String terminate = "tls: {mode: terminate, cert: pem/ec.crt, key: pem/ec.key}\n";
    String mode =
        "3:17: listeners[0].tls.mode: terminate is not in this version yet; write passthrough";
    refuses(
        listener(terminate + "backend_tls: verify_full"),
        mode,
        "4:18: listeners[0].backend_tls: verify_full is not in this version yet; remove it");
    refuses(
        listener(terminate + "backend_tls: {mode: require}"),
        mode,
        "4:25: listeners[0].backend_tls.mode: require is not in this version yet;"
            + " remove backend_tls");
  }

  @Test
  void proxy_protocol() {
    refuses(
        listener("proxy_protocol: {from: [10.0.0.0/8]}"),
        "3:28: listeners[0].proxy_protocol.from: is not in this version yet; remove it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"etcd", "leader"})
  void modes_of_a_vip(String mode) {
    refuses(
        vip("addresses: [10.0.0.1/24]\nmode: ${MODE:-" + mode + "}"),
        "4:11: vips[0].mode: " + mode + " is not in this version yet; write vrrp");
  }

  @Test
  void other_problems_are_told_once() {
    assertThat(
            Loading.problems(
                Loading.loadForThisVersion(vip("mode: etcd\naddresses: [x]\nadresses: 1"))))
        .containsExactly(
            "3:11: vips[0].mode: etcd is not in this version yet; write vrrp",
            "4:17: vips[0].addresses[0]: \"x\" is not an IPv4 or IPv6 address",
            "5:5: vips[0].adresses: unknown key; did you mean addresses?");
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
                listener("tls: {mode: passthrough, require: no}\nbackend_tls: disable")
                    + "vips: [{name: a, interface: lo, addresses: [10.0.0.1/24], mode: vrrp}]\n"))
        .isInstanceOf(ConfigResult.Valid.class);
  }

  private static void refuses(String yaml, String... problems) {
    Loading.valid(yaml);
    assertThat(Loading.problems(Loading.loadForThisVersion(yaml))).containsExactly(problems);
  }
}
