package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever part of a line had no effect is told with its line, and what it says is no secret. */
class LeftTest {
  private static final ImportSource PATRONI =
      Importing.patroni("{scope: main, etcd3: {hosts: 'e1:2379'}}");

  private static void assertTold(String remark, ImportSource... sources) {
    List<String> remarks = Importing.remarks(sources);
    assertThat(remarks).anyMatch(it -> it.startsWith(remark));
    assertThat(remarks.toString()).doesNotContain("s3cret");
    int line = Integer.parseInt(remark.substring(0, remark.indexOf(':')));
    assertThat(remarks.stream().filter(it -> it.startsWith(line + ":")).filter(LeftTest::isLeft))
        .as("one remark a line")
        .hasSizeLessThan(2);
  }

  private static boolean isLeft(String remark) {
    return remark.contains("had no effect");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "acl office src 10.0.0.0/8 | 4: lost: acl: had no effect: office src 10.0.0.0/8",
        "http-check send hdr Authorization s3cret | 4: lost: http-check: had no effect: hdr"
            + " Authorization",
        "http-check send ver HTTP/1.1 body s3cret | 4: lost: http-check: had no effect: ver"
            + " HTTP/1.1 body",
        "http-check send frobnicate s3cret | 4: lost: http-check: had no effect: frobnicate",
        "http-check connect port 8008 sni pg proto h2 via-socks4 linger"
            + " | 4: lost: http-check: had no effect: sni pg proto h2 via-socks4 linger",
        "http-check expect min-recv 10 status 200 on-error x"
            + " | 4: lost: http-check: had no effect: min-recv 10 on-error x",
        "http-check set-var(check.x) str(y) | 4: lost: http-check set-var(check.x): had no effect",
        "option httpchk GET /primary HTTP/1.1\\r\\nAuthorization:\\ s3cret"
            + " | 4: lost: option: had no effect: HTTP/1.1",
        "option httpchk GET /primary HTTP/1.0\\r\\nAuthorization: Basic s3cret"
            + " | 4: lost: option: had no effect: HTTP/1.0",
        "balance leastconn | 4: replaced: balance: counts only where",
        "default_backend other | 4: lost: default_backend: had no effect: other",
        "maxconn 10 20 | 4: lost: maxconn: had no effect: 20",
        "rate-limit sessions 10 20 | 4: lost: rate-limit: had no effect: 20",
        "timeout connect 4s 5s | 4: lost: timeout: had no effect: 5s",
        "timeout frobnicate 4s | 4: lost: timeout frobnicate: is not known",
        "option frobnicate | 4: lost: option frobnicate: is not known",
        "use-server a if TRUE | 4: lost: use-server",
        "tcp-request connection reject if { src -f x } | 4: lost: tcp-request connection: is not"
            + " carried",
        "default-server weight 10 | 4: replaced: weight: counts only where",
        "default-server pool-max-conn 5 frobnicate 7"
            + " | 4: lost: default-server: had no effect: pool-max-conn 5 frobnicate 7",
      })
  void linesOfAListener(String line, String remark) {
    assertTold(
        remark,
        Importing.haproxy(
            "listen write\n bind *:5000\n option httpchk /primary\n "
                + line
                + "\n server a 10.0.0.1:5432 check port 8008\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "weight 10 | 3: replaced: weight: counts only where",
        "slowstart 30s | 3: replaced: slowstart: counts only where",
        "send-proxy | 3: lost: send-proxy",
        "source 10.0.0.9 | 3: lost: source",
        "verify none sni str(pg) | 3: lost: server: had no effect: verify none sni str(pg)",
        "ssl verify none | 3: lost: server: had no effect: verify none",
        "ca-file /etc/ca.crt crt /etc/a.pem | 3: lost: server: had no effect: ca-file /etc/ca.crt"
            + " crt",
        "no-tls-tickets frobnicate 7 | 3: lost: server: had no effect: no-tls-tickets frobnicate 7",
        "id 7 | 3: replaced: id: is not needed",
      })
  void parametersOfAServer(String parameters, String remark) {
    assertTold(
        remark,
        Importing.haproxy(
            "listen write\n bind *:5000\n server a 10.0.0.1:5432 check port 8008 "
                + parameters
                + "\n option httpchk /primary\n"));
  }

  @Test
  void aPortThatAnotherOneOverrides() {
    assertTold(
        "5: lost: server: had no effect: port 8008",
        Importing.haproxy(
            "listen write\n bind *:5000\n option httpchk /primary\n"
                + " http-check connect port 8108\n"
                + " server a 10.0.0.1:5432 check port 8008\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "interface eth0 transparent | 2: lost: bind: had no effect: interface eth0 transparent",
        "crt /etc/a.pem verify required | 2: lost: bind: had no effect: crt /etc/a.pem verify"
            + " required",
        "ssl crt /etc/a.pem crt /etc/b.pem | 2: lost: bind: had no effect: crt /etc/b.pem",
        "ssl crt /etc/a.pem ca-file /etc/ca.crt | 2: lost: bind: had no effect: ca-file"
            + " /etc/ca.crt",
        "ssl crt /etc/a.pem ssl-min-ver TLSv1.1 | 2: replaced: bind ssl-min-ver",
        "mss 1400 name x | 2: lost: bind: had no effect: mss 1400",
        "name x | 2: replaced: bind name",
      })
  void parametersOfABind(String parameters, String remark) {
    assertTold(
        remark,
        Importing.haproxy(
            "listen write\n bind *:5000 "
                + parameters
                + "\n option httpchk /primary\n server a 10.0.0.1:5432 check port 8008\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "global; setenv PASSWORD s3cret | 6: replaced: setenv: no line inserts it",
        "global; ca-base /etc/ssl | 6: replaced: ca-base: no path here is relative to it",
        "global; ssl-server-verify none | 6: replaced: ssl-server-verify",
        "global; frobnicate s3cret | 6: lost: frobnicate: is not known",
        "defaults; retries 3 | 5: lost: defaults: no listener follows them",
        "backend old; server a 10.0.0.1:5432 check | 5: lost: backend: no listener goes to it",
        "backend write; tcp-request content reject | 5: lost: backend: no listener goes to it",
        "listen write; bind *:5001; server a 10.0.0.1:5432 | 5: lost: listen write: its name is"
            + " taken",
        "listen web; mode http; bind *:80 | 5: lost: listen web: mode http",
        "frontend web; bind *:1; default_backend b; backend b; mode http; server a 10.0.0.1:5432"
            + " check | 8: lost: backend b: mode http",
        "frontend none; bind *:1 | 5: lost: frontend none: it has no backend",
        "frontend none; bind *:1; default_backend x | 5: lost: frontend none: there is no backend"
            + " x",
        "frontend r; bind *:1; default_backend r; backend r; option redis-check; server a"
            + " 10.0.0.1:6379 check | 5: lost: frontend r: its backend was left out",
        "frobnicate x | 5: lost: frobnicate: is not known",
      })
  void sections(String lines, String remark) {
    assertTold(
        remark,
        Importing.haproxy(
            "listen write\n bind *:5000\n option httpchk /primary\n"
                + " server a 10.0.0.1:5432 check port 8008\n"
                + lines.replace("; ", "\n")
                + "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "track_script {; chk weight 20; } | 9: lost: chk: had no effect: weight 20",
        "track_script {; other; } | 9: lost: other: had no effect",
        "authentication {; auth_type FOO; auth_pass s3cret; } | 9: lost: auth_type: had no effect:"
            + " FOO",
        "authentication {; auth_type PASS; auth_pass s3cret x; } | 7: replaced: state",
        "authentication {; auth_type AH; auth_pass s3cret; } | 8: lost: auth_type AH",
        "authentication {; auth_type PASS 7; } | 9: lost: auth_type: had no effect: 7",
        "unicast_peer {; 192.0.2.9 min_ttl 254; } | 9: lost: 192.0.2.9: had no effect: min_ttl 254",
        "unicast_ttl 7 | 8: lost: unicast_ttl",
        "unicast_fault_no_peer | 8: lost: unicast_fault_no_peer",
        "garp_lower_prio_repeat 7 | 8: lost: garp_lower_prio_repeat",
        "garp_master_repeat 0 | 8: lost: garp_master_repeat: had no effect: 0",
        "notify_master \"/x --token s3cret\" root | 8: lost: notify_master: nothing is run",
        "auth_pass s3cret | 8: lost: auth_pass",
      })
  void statementsOfAnInstance(String lines, String remark) {
    assertTold(
        remark,
        Importing.keepalived(
            "vrrp_script chk {\n script /x/haproxy.sh\n}\nvrrp_instance V {\n interface eth0\n"
                + " virtual_router_id 7\n state BACKUP\n "
                + lines.replace("; ", "\n")
                + "\n virtual_ipaddress { 192.0.2.1 }\n}\n"),
        PATRONI);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vrrp_script chk {; script /x/primary.sh; } | 5: lost: vrrp_script: had no effect: chk",
        "vrrp_sync_group G {; group {; V; W; }; } | 8: lost: W: had no effect",
        "vrrp_sync_group G {; group { V }; notify_master s3cret; } | 7: lost: notify_master",
        "vrrp_sync_group G H {; group { V }; } | 5: lost: vrrp_sync_group: had no effect: H",
        "global_defs {; vrrp_version 4; } | 6: lost: vrrp_version",
        "global_defs {; frobnicate s3cret; } | 6: lost: frobnicate",
        "static_routes {; s3cret; } | 5: lost: static_routes",
      })
  void statementsBesideAnInstance(String lines, String remark) {
    assertTold(
        remark,
        Importing.keepalived(
            "vrrp_instance V {\n interface eth0\n virtual_router_id 7\n"
                + " virtual_ipaddress { 192.0.2.1 } }\n"
                + lines.replace("; ", "\n")
                + "\n"),
        PATRONI);
  }

  @Test
  void whatIsInAScriptThatDecides() {
    ImportSource source =
        Importing.keepalived(
            "vrrp_script chk {\n script \"curl -sf http://127.0.0.1:8008/leader\"\n interval 2\n"
                + " weight 20\n}\nvrrp_instance V {\n interface eth0\n virtual_router_id 7\n"
                + " priority 100\n virtual_ipaddress { 192.0.2.1 }\n track_script { chk }\n}\n");
    assertTold("3: replaced: interval", source, PATRONI);
    assertTold("4: lost: weight: no script raises or lowers the bid", source, PATRONI);
    assertTold("8: replaced: virtual_router_id, advert_int and the like", source, PATRONI);
    assertThat(Importing.remarks(source, PATRONI)).noneMatch(LeftTest::isLeft);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frobnicate: s3cret | 6: lost: frobnicate: had no effect",
        "etcd-user: x | 6: lost: etcd-user: had no effect",
        "etcd-key-file: /x.key | 6: lost: etcd-key-file: had no effect",
        "etcd-cert-file: /x.crt | 6: lost: etcd-cert-file: had no effect",
        "interface: eth1 | 5: lost: interface: had no effect",
        "log-level: debug | 6: replaced: log-level",
        "consul-token: s3cret | 6: lost: consul-token",
        "manager-type: hetzner | 6: lost: hetzner",
      })
  void keysOfVipManager(String line, String remark) {
    assertTold(
        remark,
        Importing.vipManager(
            "trigger-key: /service/shop/leader\ntrigger-value: pg1\nip: 192.0.2.1\nnetmask: 24\n"
                + "interface: eth0\n"
                + line
                + "\ndcs-type: etcd3\ndcs-endpoints: ['http://a:2379']\n"));
  }

  @Test
  void keysOfVipManagerThatAskPatroni() {
    assertTold(
        "6: lost: etcd-user: had no effect",
        Importing.vipManager(
            "trigger-key: /leader\nip: 192.0.2.1\nnetmask: 24\ninterface: eth0\n"
                + "dcs-type: patroni\netcd-user: x\netcd-password: s3cret\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "etcd3: {hosts: 'a:2379', frobnicate: s3cret} | 2: lost: etcd3.frobnicate: had no effect",
        "etcd3: {hosts: 'a:2379', host: 'b:2379'} | 2: lost: etcd3.host: had no effect",
        "etcd3: {hosts: 'a:2379', cacert: /x} | 2: lost: etcd3.cacert: had no effect",
        "etcd3: {hosts: 'a:2379', username: x} | 2: lost: etcd3.username: had no effect",
        "etcd: {host: 'a:2379', frobnicate: 7} | 2: lost: etcd.frobnicate: had no effect",
        "restapi: {connect_address: 'a:8008', frobnicate: 7} | 2: lost: restapi.frobnicate: had no"
            + " effect",
        "restapi: {connect_address: 'a:8008', cafile: /x} | 2: lost: restapi.cafile: had no effect",
        "restapi: {connect_address: 'a:8008', listen: 'a:8008'} | 2: replaced: restapi.listen",
        "restapi: {authentication: {password: s3cret}} | 2: replaced: restapi.authentication",
        "restapi: {certfile: /x} | 2: missing: certfile",
        "restapi: s3cret | 2: lost: restapi: had no effect",
        "ctl: {insecure: true} | 1: missing: patroni.hosts",
      })
  void keysOfPatroni(String line, String remark) {
    assertTold(remark, Importing.patroni("scope: shop\n" + line + "\n"));
  }

  @Test
  void ofTwoStoresOneIsRead() {
    assertTold(
        "3: lost: etcd: had no effect",
        Importing.patroni("scope: s\netcd3: {host: 'a:2379'}\netcd: {host: 'b:2379'}\n"));
  }

  @Test
  void patronisOwnBusinessIsNotTold() {
    assertThat(
            Importing.remarks(
                Importing.patroni(
                    """
                    scope: s
                    name: a
                    etcd3: {host: 'a:2379'}
                    bootstrap: {dcs: {ttl: 30}}
                    postgresql: {listen: x, connect_address: 'a:5432', parameters: {a: b}}
                    tags: {nosync: true}
                    log: {level: INFO}
                    watchdog: {mode: off}
                    citus: {group: 0, database: c}
                    """)))
        .singleElement()
        .asString()
        .contains("listeners: no haproxy.cfg was given");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "haproxy-split-ports.cfg",
        "haproxy-vip-port.cfg",
        "keepalived-haproxy-01.conf",
        "patroni-docker.yml",
        "patroni-etcd-v2-section.yml",
        "patroni-postgres-01.yml",
        "vip-manager.yml",
      })
  void ofUsersFilesEverythingHasAnEffectOrAReason(String name) {
    assertThat(Importing.remarks(Importing.resource(name))).noneMatch(LeftTest::isLeft);
  }

  @Test
  void allOfThemTogetherAreAFewLines() {
    ImportSource[] sources =
        Stream.of("haproxy-vip-port.cfg", "keepalived-haproxy-01.conf", "patroni-postgres-01.yml")
            .map(Importing::resource)
            .toArray(ImportSource[]::new);
    assertThat(Arrays.stream(sources).mapToLong(it -> it.text().lines().count()).sum())
        .isGreaterThan(100);
    assertThat(Importing.remarks(sources)).hasSizeLessThan(20);
  }

  @ParameterizedTest
  @CsvSource({
    "HAPROXY, haproxy-split-ports.cfg",
    "HAPROXY, haproxy-vip-port.cfg",
    "HAPROXY, shape-ansible.cfg",
    "HAPROXY, shape-services.cfg",
    "KEEPALIVED, keepalived-haproxy-01.conf",
    "KEEPALIVED, keepalived-haproxy-02.conf",
    "KEEPALIVED, keepalived-haproxy-03.conf",
    "KEEPALIVED, shape-unicast.conf",
  })
  void anUnknownKeywordIsToldBehindAnyLine(Dialect dialect, String name) {
    List<String> lines = Importing.text(name).lines().toList();
    ImportResult without = translate(dialect, lines);
    for (int i = 1; i <= lines.size(); i++) {
      List<String> more = new ArrayList<>(lines);
      more.set(i - 1, lines.get(i - 1) + "\n frobnicate 7");
      assertThat(translate(dialect, more)).as("behind line %d", i).isNotEqualTo(without);
    }
  }

  private static ImportResult translate(Dialect dialect, List<String> lines) {
    return Importing.translate(
        new ImportSource("f", String.join("\n", lines), Optional.of(dialect)));
  }
}
