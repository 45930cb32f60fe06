package io.trunkline.config;

import static io.trunkline.config.Loading.cluster;
import static io.trunkline.config.Loading.listener;
import static io.trunkline.config.Loading.rejects;
import static io.trunkline.config.Loading.valid;
import static io.trunkline.config.Loading.withCluster;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListenerRejectionsTest {

  @Test
  void required_keys() {
    rejects(
        withCluster("listeners: [{}]\n"),
        "2:13: listeners[0].route: is missing;"
            + " write route: primary | replica | any | sync | async | standby_leader",
        "2:13: listeners[0].name: is missing; write name: NAME",
        "2:13: listeners[0].bind: is missing; write bind: \"0.0.0.0:5432\"");
  }

  @Test
  void single_values() {
    rejects(
        listener(
            """
            balance: leastconn
            max_lag: 16777216
            slow_start: -1s
            startup_timeout: 0s
            connect_timeout: 2
            fallback: any
            limits: {max_connections: 0, max_conections: 5}
            tcp: {keepalive_idle: 1500ms, keepalive_interval: 0s, keepalive_count: 128}
            """),
        "3:14: listeners[0].balance: \"leastconn\" is not one of"
            + " least_connections, round_robin, random_two",
        "4:14: listeners[0].max_lag: \"16777216\" has no unit;"
            + " write 16777216B for bytes or 16777216MB",
        "5:17: listeners[0].slow_start: \"-1s\" is not a duration;"
            + " write a whole number and a unit, as in 300ms, 2s, 5m or 1h",
        "6:22: listeners[0].startup_timeout: \"0s\" is not between 100ms and 10m",
        "7:22: listeners[0].connect_timeout: \"2\" has no unit;"
            + " write 2s for seconds or 2ms for milliseconds",
        "8:15: listeners[0].fallback: is the route itself; name another one, or remove the key",
        "9:31: listeners[0].limits.max_connections: \"0\" is not between 1 and 1000000",
        "9:34: listeners[0].limits.max_conections: unknown key; did you mean max_connections?",
        "10:27: listeners[0].tcp.keepalive_idle: must be whole seconds, as in 1s",
        "10:55: listeners[0].tcp.keepalive_interval: \"0s\" is not between 1s and 32767s",
        "10:76: listeners[0].tcp.keepalive_count: \"128\" is not between 1 and 127");
  }

  @Test
  void sessions_are_kept_only_where_this_proxy_can_log_in() {
    rejects(
        listener("keep_sessions: always\nkeep_settings: [work_mem, 'a.b c']\n"),
        "3:20: listeners[0].keep_sessions: needs auth of the cluster, so that this proxy can log in"
            + " again; set it",
        "4:21: listeners[0].keep_settings[0]: \"work_mem\" is no custom setting: write its name"
            + " with its dot, as app.tenant",
        "4:31: listeners[0].keep_settings[1]: \"a.b c\" is no custom setting: write its name with"
            + " its dot, as app.tenant");
  }

  @Test
  void readers_are_moved_only_where_they_are_kept() {
    rejects(
        listener("rebalance: 5\n"),
        "3:16: listeners[0].rebalance: needs auth of the cluster, so that this proxy can log in"
            + " again; set it");
    String logsIn =
        cluster("scope: a\npatroni: {hosts: [x]}\nauth: {user: a, password: b, insecure: true}");
    String head = "listeners: [{name: a, bind: '0.0.0.0:1', rebalance: 5, route: ";
    rejects(
        logsIn + head + "primary}]\n",
        "5:53: listeners[0].rebalance: has nothing to move on route primary; remove it");
    String moves =
        "5:53: listeners[0].rebalance: moves only sessions that are kept: not with keep_sessions:"
            + " off or follow_messages: false";
    rejects(logsIn + head + "replica, keep_sessions: off}]\n", moves);
    rejects(logsIn + head + "replica, follow_messages: false}]\n", moves);
    rejects(
        logsIn + head.replace("5", "0") + "any}]\n",
        "5:53: listeners[0].rebalance: \"0\" is not between 1 and 10000");
  }

  @Test
  void poolers_are_known_from_etcd() {
    rejects(
        cluster("scope: a\npatroni: {hosts: [x]}")
            + "listeners: [{name: a, bind: '0.0.0.0:1', route: any, target: proxy_url}]\n",
        "4:62: listeners[0].target: proxy_url needs a cluster that has etcd: Patroni's REST API"
            + " does not tell where a pooler is; use postgres");
    rejects(
        listener("target: pgbouncer"),
        "3:13: listeners[0].target: \"pgbouncer\" is not one of postgres, proxy_url");
  }

  @Test
  void a_key_of_an_inner_section() {
    rejects(
        listener("keepalive_idle: 5s"),
        "3:5: listeners[0].keepalive_idle: unknown key; it belongs in listeners[].tcp");
  }

  @Test
  void weights() {
    rejects(
        listener("weights: {a: 0, b: x, c: [1], a: 5}"),
        "3:18: listeners[0].weights.a: \"0\" is not between 1 and 256",
        "3:24: listeners[0].weights.b: must be a whole number from 1 to 256, not \"x\"",
        "3:30: listeners[0].weights.c: must be a single value, not a list",
        "3:35: listeners[0].weights.a: is already set on line 3");
    rejects(listener("weights: [1]"), "3:14: listeners[0].weights: must be a mapping, not a list");
  }

  @Test
  void networks() {
    rejects(
        listener("allow: [10.0.0.0/33, example, 1.2.3/8]\ndeny: {a: b}\nproxy_protocol: {}"),
        "3:13: listeners[0].allow[0]: \"10.0.0.0/33\": the part after / must be a number of bits"
            + " from 0 to 32",
        "3:26: listeners[0].allow[1]: \"example\" is not an IPv4 or IPv6 address",
        "3:35: listeners[0].allow[2]: \"1.2.3\" is not an IPv4 or IPv6 address",
        "4:11: listeners[0].deny: must be a list, not a mapping",
        "5:21: listeners[0].proxy_protocol: needs the networks that may send the header;"
            + " write from: [10.0.0.0/8]");
  }

  @Test
  void rules() {
    String terminate = "tls: {mode: terminate, cert: pem/both.pem}\n";
    rejects(
        listener(
            terminate
                + "rules:\n"
                + "- {from: x, user: [], action: alow}\n"
                + "- {action: reject, max_connections: 0, tls: require}\n"
                + "- {user: [app, "
                + "n".repeat(64)
                + "], tls: maybe}"),
        "5:14: listeners[0].rules[0].from: \"x\" is not an IPv4 or IPv6 address",
        "5:23: listeners[0].rules[0].user: is empty; name at least one, or remove the key to mean"
            + " all",
        "5:35: listeners[0].rules[0].action: \"alow\" is not one of allow, reject;"
            + " did you mean allow?",
        "6:41: listeners[0].rules[1].max_connections: is used only with action: allow",
        "6:41: listeners[0].rules[1].max_connections: \"0\" is not between 1 and 1000000",
        "6:49: listeners[0].rules[1].tls: is used only with action: allow",
        "7:7: listeners[0].rules[2].action: is missing; write action: allow | reject",
        "7:20: listeners[0].rules[2].user[1]: is longer than the 63 bytes of a name in PostgreSQL",
        "7:92: listeners[0].rules[2].tls: \"maybe\" is not one of any, require");
  }

  @Test
  void a_rule_that_tls_would_hide_from() {
    String why =
        ": cannot be seen where TLS is passed through, so a client could get past this rule;"
            + " write tls: {mode: terminate, cert: PATH, key: PATH} in the listener, or remove"
            + " the key";
    rejects(
        listener(
            "rules: [{user: app, database: db, action: reject}, {from: 10.0.0.1, action: allow}]"),
        "3:20: listeners[0].rules[0].user" + why,
        "3:35: listeners[0].rules[0].database" + why);
    valid(listener("rules: [{from: 10.0.0.1, action: allow, tls: require}, {action: reject}]"));
  }

  @Test
  void rates_and_sizes() {
    rejects(
        listener(
            "limits: {connection_rate: 0, max_startup_size: 7, connection_rate_per_address: x}"),
        "3:31: listeners[0].limits.connection_rate: \"0\" is not between 1 and 1000000",
        "3:52: listeners[0].limits.max_startup_size: \"7\" is not between 8 and 10004",
        "3:84: listeners[0].limits.connection_rate_per_address: must be a whole number from 1 to"
            + " 1000000, not \"x\"");
    rejects(
        withCluster("memory_limit: 1MB\n"),
        "2:15: memory_limit: \"1MB\" is not between 64MB and 1TB");
  }

  @Test
  void clusters_and_names() {
    rejects(
        """
        clusters:
          - {scope: main, etcd: {host: x}}
          - {scope: other, etcd: {host: x}}
        listeners:
          - {name: a, bind: 'x:1', route: any}
          - {name: a, bind: 'x:2', route: any, cluster: mian}
        """,
        "5:5: listeners[0].cluster: is missing; there are several clusters: write cluster: NAME",
        "6:12: listeners[1].name: listener \"a\" is already defined on line 5; names must differ",
        "6:49: listeners[1].cluster: no cluster is named \"mian\"; did you mean main?"
            + " (there is: main, other)");
  }

  @Test
  void binds() {
    rejects(
        withCluster(
            """
            listeners:
              - {name: a, bind: "0.0.0.0:5432", route: any}
              - {name: b, bind: "10.0.0.1:5432", route: any}
              - {name: c, bind: "[::]:7000", route: any}
              - {name: d, bind: "x:70000", route: any}
              - {name: e, bind: ":5", route: any}
              - {name: f, bind: "x", route: any}
            """),
        "4:21: listeners[1].bind: 10.0.0.1:5432 overlaps listeners[0].bind (0.0.0.0:5432, line 3);"
            + " use another port or address",
        "5:21: listeners[2].bind: [::]:7000 overlaps admin.bind (127.0.0.1:7000);"
            + " use another port or address",
        "6:21: listeners[3].bind: port 70000 is not between 1 and 65535",
        "7:21: listeners[4].bind: \":5\" has no address; write 0.0.0.0:5",
        "8:21: listeners[5].bind: \"x\" has no port; write x:PORT");
  }

  @Test
  void the_admin_bind_against_a_default_listener() {
    rejects(
        withCluster("admin: {bind: '127.0.0.1:5000'}\n"),
        "2:15: admin.bind: 127.0.0.1:5000 overlaps default listener write (0.0.0.0:5000);"
            + " use another port or address");
  }

  @Test
  void a_star_is_every_address() {
    assertThat(
            valid(withCluster("listeners: [{name: a, bind: '*:5', route: any}]"))
                .listeners()
                .getFirst()
                .bind())
        .isEqualTo(new HostPort("0.0.0.0", 5));
  }

  @Test
  void tls() {
    rejects(
        listener("tls: {mode: terminate}"),
        "3:17: listeners[0].tls.mode: terminate needs cert: PATH and key: PATH");
    rejects(
        listener("tls: {cert: pem/both.pem, client_ca: pem/ca.crt, min_version: TLSv1.1}"),
        "3:17: listeners[0].tls.cert: is used only with mode: terminate",
        "3:42: listeners[0].tls.client_ca: is used only with mode: terminate",
        "3:67: listeners[0].tls.min_version: is used only with mode: terminate",
        "3:67: listeners[0].tls.min_version: \"TLSv1.1\" is not one of TLSv1.2, TLSv1.3;"
            + " did you mean TLSv1.2?");
    rejects(
        listener("tls: {require: maybe}"),
        "3:20: listeners[0].tls.require: must be true or false, not \"maybe\"");
    rejects(
        listener("tls: terminate"),
        "3:10: listeners[0].tls: must be a mapping (mode, cert, key, …), not text");
  }

  @Test
  void backend_tls() {
    String terminate = "tls: {mode: terminate, cert: pem/both.pem, require: true}\n";
    rejects(
        listener(terminate + "backend_tls: verify-full"),
        "4:18: listeners[0].backend_tls: \"verify-full\" is not one of"
            + " disable, require, verify_ca, verify_full; did you mean verify_full?");
    rejects(
        listener(terminate + "backend_tls: {cacert: pem/ca.crt, cert: pem/both.pem}"),
        "4:27: listeners[0].backend_tls.cacert: is not used with mode disable;"
            + " write mode: verify_full",
        "4:45: listeners[0].backend_tls.cert: is not used with mode disable;"
            + " write mode: verify_full");
    rejects(
        listener(terminate + "backend_tls: {mode: require, cacert: pem/ca.crt}"),
        "4:42: listeners[0].backend_tls.cacert: is used only to verify;"
            + " write mode: verify_ca or mode: verify_full beside it");
    rejects(
        listener("backend_tls: require"),
        "3:18: listeners[0].backend_tls: is used only with tls: {mode: terminate};"
            + " in passthrough TLS is the client's own");
    rejects(
        listener("tls: {mode: terminate, cert: pem/both.pem}\nbackend_tls: require"),
        "4:18: listeners[0].backend_tls: needs tls: {require: true}, or auth of the cluster: where"
            + " a client's SCRAM login fails over TLS, sslmode=prefer would try again without TLS");
    assertThat(
            valid(listener(terminate + "backend_tls: verify_full"))
                .listeners()
                .getFirst()
                .backendTls()
                .mode())
        .isEqualTo(SslMode.VERIFY_FULL);
  }
}
