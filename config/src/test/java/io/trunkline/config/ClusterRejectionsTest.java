package io.trunkline.config;

import static io.trunkline.config.Loading.cluster;
import static io.trunkline.config.Loading.rejects;
import static io.trunkline.config.Loading.valid;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ClusterRejectionsTest {

  @Test
  void required_keys() {
    rejects(
        cluster("hold_limit: 5"),
        "2:5: clusters[0].scope: is missing; write scope: NAME, as in Patroni's configuration",
        "2:5: clusters[0]: needs etcd: {hosts: [HOST:2379]}, or patroni: {hosts: [HOST:8008]}"
            + " where Patroni keeps its state elsewhere");
    rejects(
        cluster("scope: a\netcd: {}"),
        "3:11: clusters[0].etcd: needs the endpoints of etcd; write hosts: [HOST:2379]");
    rejects(
        cluster("scope: a\netcd: {hosts: []}"),
        "3:19: clusters[0].etcd.hosts: is empty; write the endpoints of etcd: [HOST:2379]");
  }

  @Test
  void single_values() {
    rejects(
        cluster(
            """
            scope: a b
            nmespace: x
            etcd: {hosts: [x:1]}
            hold_timeout: 1h
            hold_limit: many
            isolation_grace: 3 sec
            on_isolation: HOLD
            max_logins: 0
            patroni: {verify: no, interval: 10ms, timeout: 2.5s}
            """),
        "2:12: clusters[0].scope: \"a b\" cannot be a scope; it has no blanks, and one / at most,"
            + " between a Citus scope and its group",
        "3:5: clusters[0].nmespace: unknown key; did you mean namespace?",
        "5:19: clusters[0].hold_timeout: \"1h\" is not between 0s and 10m",
        "6:17: clusters[0].hold_limit: must be a whole number from 0 to 1000000, not \"many\"",
        "7:22: clusters[0].isolation_grace: \"3 sec\" is not a duration;"
            + " write a whole number and a unit, as in 300ms, 2s, 5m or 1h",
        "8:19: clusters[0].on_isolation: \"HOLD\" is not one of hold, keep; did you mean hold?",
        "9:17: clusters[0].max_logins: \"0\" is not between 1 and 10000",
        "10:23: clusters[0].patroni.verify: \"no\" is not one of full, ca, none",
        "10:37: clusters[0].patroni.interval: \"10ms\" is not between 100ms and 1m",
        "10:52: clusters[0].patroni.timeout: \"2.5s\" is not a duration;"
            + " write a whole number and a unit, as in 300ms, 2s, 5m or 1h");
  }

  @Test
  void what_is_to_be_filled_in() {
    rejects(
        cluster("scope: CHANGE_ME\npatroni: {hosts: [CHANGE_ME]}"),
        "2:12: clusters[0].scope: \"CHANGE_ME\" is to be filled in; write NAME, as in Patroni's"
            + " configuration",
        "3:23: clusters[0].patroni.hosts[0]: \"CHANGE_ME\" is to be filled in; write a host or an"
            + " address");
  }

  @Test
  void a_scope_that_cannot_be_a_name_needs_one() {
    rejects(
        cluster("scope: a@b\netcd: {hosts: [x:1]}"),
        "2:12: clusters[0].name: \"********@b\" cannot be a name;"
            + " use up to 63 letters, digits, dots, dashes and underscores");

    ClusterConfig citus =
        valid(cluster("scope: a/0\nnamespace: x\netcd: {hosts: [x:1]}")).clusters().getFirst();
    assertThat(citus.name()).isEqualTo("a-0");
    assertThat(citus.prefix()).isEqualTo("/x/a/0/");
  }

  @Test
  void endpoints_of_etcd() {
    rejects(
        cluster(
            """
            scope: a
            etcd:
              hosts:
                - x:99999
                - http://u:pw@x:2379
                - 10.0.0.300:1
                - ::1:2379
                - x:0
                - [x]
                -
                - a b:1
            """),
        "5:11: clusters[0].etcd.hosts[0]: port 99999 is not between 1 and 65535",
        "6:11: clusters[0].etcd.hosts[1]: \"********@x:2379\" is a URL;"
            + " write host:port here and the scheme as protocol: http",
        "7:11: clusters[0].etcd.hosts[2]: \"10.0.0.300\" is not an IPv4 address",
        "8:11: clusters[0].etcd.hosts[3]: \"::1:2379\" is ambiguous;"
            + " an IPv6 address is in brackets, as in [::1]:5432",
        "9:11: clusters[0].etcd.hosts[4]: port 0 is not between 1 and 65535",
        "10:11: clusters[0].etcd.hosts[5]: must be a single value, not a list",
        "11:10: clusters[0].etcd.hosts[6]: has no value; give one, or remove the key",
        "12:11: clusters[0].etcd.hosts[7]: \"a b\" is neither an address nor a host name");
  }

  @Test
  void one_way_to_name_endpoints() {
    rejects(
        cluster("scope: a\netcd: {host: 'x:1', hosts: [x:1], url: 'http://x:1'}"),
        "3:32: clusters[0].etcd.hosts: is given beside host; keep one",
        "3:44: clusters[0].etcd.url: is given beside host; keep one");
    assertThat(valid(cluster("scope: a\netcd: {host: x}")).cluster("a").etcd().orElseThrow())
        .isEqualTo(
            valid(cluster("scope: a\netcd: {url: 'http://x'}")).cluster("a").etcd().orElseThrow());
  }

  @Test
  void urls_of_etcd() {
    String start = "3:17: clusters[0].etcd.url: ";
    rejects(etcdUrl("ftp://x"), start + "must begin with http:// or https:// and a host");
    rejects(
        etcdUrl("http://u:p w@x"),
        start + "is not a URL; write http://HOST:PORT or https://HOST:PORT");
    rejects(etcdUrl("http://x:1/path"), start + "must end after the port; remove the path");
    rejects(etcdUrl("http://x:99999"), start + "port 99999 is not between 1 and 65535");
    rejects(
        etcdUrl("http://hunter2@x"),
        start + "has a user without a password; write USER:PASSWORD@HOST");
    rejects(
        cluster("scope: a\netcd: {url: 'https://x', protocol: http}"),
        "3:40: clusters[0].etcd.protocol: is not the one of url; remove it");
  }

  @Test
  void certificates_of_etcd_without_https() {
    rejects(
        cluster("scope: a\netcd: {hosts: [x:1], cacert: pem/ca.crt, cert: pem/both.pem}"),
        "3:34: clusters[0].etcd.cacert: is used only with protocol: https",
        "3:52: clusters[0].etcd.cert: is used only with protocol: https");
  }

  @Test
  void user_and_password_of_etcd_come_together() {
    rejects(
        cluster("scope: a\netcd: {hosts: [x:1], username: u}"),
        "3:36: clusters[0].etcd.username: needs a password;"
            + " write password_file: PATH or password: ${NAME}");
    rejects(
        cluster("scope: a\netcd: {hosts: [x:1], password: p}"),
        "3:36: clusters[0].etcd.password: needs a user; write username: NAME");
  }

  @Test
  void patroni_hosts() {
    rejects(
        cluster(
            "scope: a\n"
                + "patroni: {hosts: [x:y, 'http://u:hunter2@x', 'ftp://x', 'http://x/y', x:0]}"),
        "3:23: clusters[0].patroni.hosts[0]: port \"y\" is not a number",
        "3:28: clusters[0].patroni.hosts[1]: must not hold a user;"
            + " reading Patroni's API needs none",
        "3:50: clusters[0].patroni.hosts[2]: must begin with http:// or https:// and a host",
        "3:61: clusters[0].patroni.hosts[3]: must end after the port; remove the path",
        "3:75: clusters[0].patroni.hosts[4]: port 0 is not between 1 and 65535");
    assertThat(valid(cluster("scope: a\npatroni: {hosts: x}")).cluster("a").patroni().hosts())
        .containsExactly(URI.create("http://x:8008"));
    rejects(
        cluster("scope: a\npatroni: {hosts: []}"),
        "2:5: clusters[0]: needs etcd: {hosts: [HOST:2379]}, or patroni: {hosts: [HOST:8008]}"
            + " where Patroni keeps its state elsewhere");
  }

  @Test
  void sentinel() {
    rejects(
        cluster("scope: a\netcd: {host: x}\nsentinel: {database: x}"),
        "4:15: clusters[0].sentinel: is missing the password;"
            + " write password_file: PATH or password: ${NAME}",
        "4:15: clusters[0].sentinel.user: is missing; write user: ROLE");
    rejects(
        cluster("scope: a\netcd: {host: x}\nsentinel: hunter2"),
        "4:15: clusters[0].sentinel: must be a mapping (user, password, password_file, …),"
            + " not text");
  }

  @Test
  void tls_of_the_sentinel() {
    String sentinel = "scope: a\netcd: {host: x}\nsentinel:\n  user: u\n  password: p\n  tls: ";
    String field = "clusters[0].sentinel.tls";
    rejects(
        cluster(sentinel + "yes"),
        "7:12: "
            + field
            + ": \"yes\" is not one of disable, prefer, require, verify_ca, verify_full");
    rejects(
        cluster(sentinel + "{cacert: pem/ca.crt}"),
        "7:21: "
            + field
            + ".cacert: is used only to verify;"
            + " write mode: verify_ca or mode: verify_full beside it");
    rejects(
        cluster(sentinel + "{mode: disable, cert: pem/both.pem}"),
        "7:34: " + field + ".cert: is not used with mode disable; write mode: verify_full");
    assertThat(modeOf(cluster(sentinel + "verify_full"))).isEqualTo(SslMode.VERIFY_FULL);
    assertThat(modeOf(cluster(sentinel + "{cert: pem/both.pem}"))).isEqualTo(SslMode.PREFER);
    assertThat(modeOf(cluster(sentinel.replace("\n  tls: ", "")))).isEqualTo(SslMode.PREFER);
  }

  private static SslMode modeOf(String yaml) {
    return valid(yaml).cluster("a").sentinel().orElseThrow().tls().mode();
  }

  private static String etcdUrl(String url) {
    return cluster("scope: a\netcd: {url: '" + url + "'}");
  }
}
