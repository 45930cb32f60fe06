package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.config.HostPort;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Role;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reader of what strangers wrote. */
class ParsersTest {
  private static final String ODD = "{}[]\",:0-e\u0000\uD800 ";
  private static final String MEMBER =
      """
      {"conn_url":"postgres://10.0.0.1:5433/postgres","api_url":"https://pg_1:8008/patroni",\
      "state":"running","role":"master","version":"3.0.2","xlog_location":67108864,"timeline":2,\
      "tags":{"nofailover":true,"zone":"a"},"pause":true}\
      """;

  @Test
  void readsAMember() throws JunkException {
    MemberFacts facts = MemberFacts.parse(entry(MEMBER));
    assertThat(facts.postgres()).contains(new HostPort("10.0.0.1", 5433));
    assertThat(facts.api()).contains(new ApiUrl(true, new HostPort("pg_1", 8008)));
    DcsMember dcs = facts.dcs().orElseThrow();
    assertThat(dcs.role()).isEqualTo(Role.PRIMARY);
    assertThat(dcs.state()).isEqualTo("running");
    assertThat(dcs.timeline()).hasValue(2);
    assertThat(dcs.lsn()).hasValue(67108864);
    assertThat(dcs.tags().values()).containsEntry("nofailover", "true").containsEntry("zone", "a");
    assertThat(dcs.pause()).isTrue();
    assertThat(dcs.modRevision()).isEqualTo(7);
  }

  @Test
  void prefersWhatAReplicaHasReplayed() throws JunkException {
    String json =
        "{\"role\":\"replica\",\"xlog_location\":50,\"receive_lsn\":50,\"replay_lsn\":40}";
    assertThat(MemberFacts.parse(entry(json)).dcs().orElseThrow().lsn()).hasValue(40);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}x",
        "{\"timeline\":\"2\"}",
        "{\"timeline\":-1}",
        "{\"timeline\":1e400}",
        "{\"timeline\":99999999999999999999}",
        "{\"conn_url\":7}",
        "{\"conn_url\":\"postgres://\"}",
        "{\"conn_url\":\"postgres://h:99999/\"}",
        "{\"api_url\":\"ftp://h/\"}",
        "{\"tags\":[]}",
        "{\"pause\":\"maybe\"}"
      })
  void refusesJunkMembers(String json) {
    assertThatThrownBy(() -> MemberFacts.parse(entry(json))).isInstanceOf(JunkException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://u:p%40@h1:6000/db?x=@y, h1, 6000",
    "postgres://[fe80::1%25eth0]:5433/postgres, fe80::1%25eth0, 5433",
    "postgresql://[::1]/, ::1, 5432",
    "http://a.b-c_d, a.b-c_d, 5432"
  })
  void findsTheAddressInAUrl(String url, String host, int port) throws JunkException {
    assertThat(Urls.address(url, 5432)).isEqualTo(new HostPort(host, port));
  }

  @Test
  void readsTheFailoverKey() throws JunkException {
    assertThat(KeyParsers.failover("{}")).isEmpty();
    assertThat(KeyParsers.failover("")).isEmpty();
    assertThat(KeyParsers.failover("null")).isEmpty();
    assertThat(KeyParsers.failover("a:b").orElseThrow().candidate()).contains("b");
    assertThat(KeyParsers.failover("a").orElseThrow().leader()).contains("a");
    assertThat(KeyParsers.failover(":b").orElseThrow().leader()).isEmpty();
    assertThat(KeyParsers.failover("{\"member\":\"b\"}").orElseThrow().leader()).isEmpty();
    assertThat(KeyParsers.failover("{\"leader\":\"a\",\"member\":null}").orElseThrow().candidate())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-14T10:09:57.1394Z",
        "2026-01-14T10:09:57.1394+00:00",
        "2026-01-14 11:09:57.1394+01",
        "2026-01-14T05:09:57.1394-0500"
      })
  void readsMomentsWithAZone(String text) throws JunkException {
    assertThat(
            KeyParsers.failover("{\"leader\":\"a\",\"scheduled_at\":\"" + text + "\"}")
                .orElseThrow()
                .at())
        .contains(Instant.parse("2026-01-14T10:09:57.139400Z"));
  }

  @Test
  void refusesAMomentWithoutAZone() {
    assertThatThrownBy(() -> KeyParsers.moment("2026-01-14T10:09:57"))
        .isInstanceOf(JunkException.class);
  }

  @Test
  void readsTheSmallKeys() throws JunkException {
    assertThat(KeyParsers.sync("{\"leader\":\"a\",\"sync_standby\":\"b, c,\"}"))
        .containsExactly("b", "c");
    assertThat(KeyParsers.sync("{\"sync_standby\":[\"c\",\"b\"]}")).containsExactly("b", "c");
    assertThat(KeyParsers.sync("{\"leader\":null,\"sync_standby\":null}")).isEmpty();
    assertThat(KeyParsers.status("{\"optime\":12,\"slots\":{}}")).hasValue(12);
    assertThat(KeyParsers.status("{}")).isEmpty();
    assertThat(KeyParsers.optime("67108864")).hasValue(67108864);
    assertThat(KeyParsers.paused("{\"pause\":true}")).isTrue();
    assertThat(KeyParsers.paused("{\"pause\":\"on\"}")).isTrue();
    assertThat(KeyParsers.paused("{\"ttl\":30}")).isFalse();
    assertThat(KeyParsers.initialize("")).isEmpty();
    assertThat(KeyParsers.initialize("70001")).contains("70001");
    assertThat(KeyParsers.history("[]")).hasValue(1);
    assertThat(KeyParsers.history("[[1,25165984,\"no recovery target\",\"x\",\"n\"]]")).hasValue(2);
    assertThatThrownBy(() -> KeyParsers.history("[[\"a\"]]")).isInstanceOf(JunkException.class);
    assertThatThrownBy(() -> KeyParsers.leader("a\nb")).isInstanceOf(JunkException.class);
  }

  @Test
  void readsARestAnswer() throws JunkException {
    RestBody primary = RestBody.parse(reply(200, Bodies.primary(3)), "main");
    assertThat(primary.answer().holdsLock()).isTrue();
    assertThat(primary.answer().role()).isEqualTo(Role.PRIMARY);
    assertThat(primary.answer().running()).isTrue();
    assertThat(primary.answer().timeline()).hasValue(3);
    assertThat(primary.answer().lsn()).hasValue(5000);
    assertThat(primary.name()).isEmpty();
    assertThat(primary.systemId()).contains("7000000000000000001");
    RestAnswer replica = RestBody.parse(reply(503, Bodies.replica(3)), "main").answer();
    assertThat(replica.holdsLock()).isFalse();
    assertThat(replica.lsn()).hasValue(3900);
    assertThat(replica.streaming()).isTrue();
    String patroni4 =
        """
        {"state":"running","role":"replica","xlog":{"received_location":7,"replayed_location":null},
         "replication_state":"in archive recovery","failsafe_mode_is_active":true,"pause":true,
         "patroni":{"version":"4.1.4","scope":"main","name":"n2"}}\
        """;
    RestBody newer = RestBody.parse(reply(503, patroni4), "main");
    assertThat(newer.name()).contains("n2");
    assertThat(newer.answer().lsn()).hasValue(7);
    assertThat(newer.answer().streaming()).isFalse();
    assertThat(newer.answer().failsafe()).isTrue();
    assertThat(newer.answer().pause()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"role\":\"master\"}",
        "{\"role\":1,\"state\":\"running\"}",
        "{\"role\":\"master\",\"state\":\"running\",\"timeline\":\"3\"}",
        "{\"role\":\"master\",\"state\":\"running\",\"xlog\":7}",
        "{\"role\":\"master\",\"state\":\"running\",\"patroni\":{\"scope\":\"b\"}}"
      })
  void refusesJunkAnswers(String body) {
    assertThatThrownBy(() -> RestBody.parse(reply(200, body), "main"))
        .isInstanceOf(JunkException.class);
  }

  /** Damaged in any way, a text is read or refused, and nothing else happens. */
  @Test
  void noDamageDoesHarm() {
    List<String> texts =
        List.of(
            MEMBER,
            Bodies.primary(3),
            Bodies.replica(3),
            "{\"leader\":\"a\",\"member\":\"b\",\"scheduled_at\":\"2026-01-14T10:09:57+00:00\"}",
            "[[1,25165984,\"no recovery target specified\",\"2026-01-01\",\"n1\"]]",
            "{\"members\":[{\"name\":\"n1\",\"role\":\"leader\",\"host\":\"h\",\"port\":5432}]}");
    Random random = new Random(42);
    for (int round = 0; round < 8_000; round++) {
      String text = damaged(texts.get(random.nextInt(texts.size())), random);
      List<Read> readers =
          List.of(
              () -> MemberFacts.parse(entry(text)),
              () -> KeyParsers.failover(text),
              () -> KeyParsers.sync(text),
              () -> KeyParsers.status(text),
              () -> KeyParsers.optime(text),
              () -> KeyParsers.paused(text),
              () -> KeyParsers.history(text),
              () -> KeyParsers.leader(text),
              () -> KeyParsers.initialize(text),
              () -> RestBody.parse(reply(200, text), "main"),
              () -> ClusterBody.parse(reply(200, text), "main"));
      for (Read reader : readers) {
        try {
          reader.read();
        } catch (JunkException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> Json.read("[".repeat(100_000))).isInstanceOf(JunkException.class);
  }

  private interface Read {
    Object read() throws JunkException;
  }

  private static String damaged(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times && !damaged.isEmpty(); i++) {
      int at = random.nextInt(damaged.length());
      switch (random.nextInt(4)) {
        case 0 -> damaged.deleteCharAt(at);
        case 1 -> damaged.setCharAt(at, ODD.charAt(random.nextInt(ODD.length())));
        case 2 -> damaged.setLength(at);
        default -> damaged.insert(at, damaged.substring(at / 2, at));
      }
    }
    return damaged.toString();
  }

  private static Entry entry(String value) {
    return new Entry(value, value.length(), 5, 7);
  }

  private static RestReply.Answered reply(int status, String body) {
    return new RestReply.Answered(Instant.EPOCH, Instant.EPOCH.plusMillis(1), status, body);
  }
}
