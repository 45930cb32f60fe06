package io.trunkline.healthcheck.dcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.Bodies;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.healthcheck.patroni.Switchover;
import io.trunkline.healthcheck.patroni.Urls;
import io.trunkline.healthcheck.rest.ClusterBody;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.rest.RestReply;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Role;
import io.trunkline.routing.Tags;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    MemberFacts facts = member(MEMBER);
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
  void readsAPoolerBesideAMember() throws JunkException {
    String pooled = MEMBER.replaceFirst("\\{", "{\"proxy_url\":\"%s\",");
    assertThat(facts(pooled.formatted("postgres://10.0.0.1:6432/postgres")).proxy())
        .contains(new HostPort("10.0.0.1", 6432));
    assertThat(facts(MEMBER).proxy()).isEmpty();
    assertThat(facts(pooled.formatted("http://:6432")))
        .as("one that cannot be read costs nothing else")
        .isEqualTo(facts(MEMBER));
  }

  private static MemberFacts facts(String json) throws JunkException {
    return KeyParsers.member(entry(json)).facts();
  }

  @Test
  void prefersWhatAReplicaHasReplayed() throws JunkException {
    String json =
        "{\"role\":\"replica\",\"xlog_location\":50,\"receive_lsn\":50,\"replay_lsn\":40}";
    assertThat(member(json).dcs().orElseThrow().lsn()).hasValue(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{}x", "7", "[{}]"})
  void refusesJunkMembers(String json) {
    assertThatThrownBy(() -> KeyParsers.member(entry(json))).isInstanceOf(JunkException.class);
  }

  /** An odd field costs that field; the others count. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"timeline\":-1",
        "\"timeline\":1e400",
        "\"timeline\":4294967296",
        "\"timeline\":99999999999999999999",
        "\"timeline\":\"two\"",
        "\"timeline\":[2]",
        "\"xlog_location\":\"0/\"",
        "\"xlog_location\":\"FFFFFFFF/FFFFFFFF\"",
        "\"xlog_location\":1.5",
        "\"replay_lsn\":{}",
        "\"api_url\":\"http://:8008/patroni\"",
        "\"api_url\":\"ftp://h/\"",
        "\"api_url\":\"h:8008\"",
        "\"api_url\":7",
        "\"tags\":[\"noloadbalance\"]",
        "\"tags\":\"noloadbalance\"",
        "\"pause\":\"maybe\"",
        "\"pause\":{}",
        "\"role\":1",
        "\"state\":[]"
      })
  void anOddFieldCostsOnlyThatField(String field) throws JunkException {
    String name = field.substring(1, field.indexOf('"', 1));
    String json =
        """
        {"conn_url":"postgres://10.0.0.1:5433/postgres","api_url":"http://h:8008/patroni",\
        "state":"running","role":"primary","xlog_location":100,"timeline":2,\
        "tags":{"zone":"a"},%s}\
        """
            .formatted(field);
    KeyParsers.MemberKey key = KeyParsers.member(entry(json));
    assertThat(key.problems()).singleElement().asString().contains(name);
    MemberFacts facts = key.facts();
    DcsMember dcs = facts.dcs().orElseThrow();
    assertThat(facts.postgres()).contains(new HostPort("10.0.0.1", 5433));
    assertThat(facts.api().isPresent()).isEqualTo(!name.equals("api_url"));
    assertThat(dcs.role()).isEqualTo(name.equals("role") ? Role.UNKNOWN : Role.PRIMARY);
    assertThat(dcs.state()).isEqualTo(name.equals("state") ? "unknown" : "running");
    assertThat(dcs.timeline().isPresent()).isEqualTo(!name.equals("timeline"));
    assertThat(dcs.lsn().isPresent()).isEqualTo(!name.equals("xlog_location"));
    assertThat(dcs.tags().zone().isPresent()).isEqualTo(!name.equals("tags"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"7", "\"postgres://\"", "\"postgres://h:99999/\"", "\"h\"", "\"http://.:1/\""})
  void aMemberWithoutAnAddressKeepsItsWords(String url) throws JunkException {
    KeyParsers.MemberKey key =
        KeyParsers.member(entry("{\"role\":\"replica\",\"timeline\":2,\"conn_url\":" + url + "}"));
    assertThat(key.problems()).singleElement().asString().startsWith("conn_url");
    assertThat(key.facts().postgres()).isEmpty();
    assertThat(key.facts().dcs().orElseThrow().timeline()).hasValue(2);
  }

  @ParameterizedTest
  @CsvSource({"\"2\", 2", "4294967295, 4294967295", "0, 0"})
  void readsATimelineHoweverItIsWritten(String timeline, long expected) throws JunkException {
    assertThat(member("{\"timeline\":" + timeline + "}").dcs().orElseThrow().timeline())
        .hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource({"\"0/3000060\", 50331744", "\"67108864\", 67108864", "\"1/0\", 4294967296", "0, 0"})
  void readsAPositionHoweverItIsWritten(String lsn, long expected) throws JunkException {
    assertThat(member("{\"xlog_location\":" + lsn + "}").dcs().orElseThrow().lsn())
        .hasValue(expected);
  }

  /**
   * Patroni says it from 3.0.4 on, and nothing where a replica neither streams nor reads an
   * archive. Silence of an older one, or where PostgreSQL was not asked, says nothing.
   */
  @ParameterizedTest
  @CsvSource({
    "3.0.2, '', true",
    "3.0.3, '', true",
    "3.0.4, '', false",
    "3.0.10, '', false",
    "3.1.0, '', false",
    "4.1.0, '', false",
    "4.1, '', false",
    "devel, '', true",
    "3.0.2, streaming, true",
    "4.1.0, streaming, true",
    "4.1.0, in archive recovery, false",
    "3.0.2, in archive recovery, false",
    "4.1.0, 7, true"
  })
  void knowsWhetherAReplicaStreams(String version, String state, boolean streaming)
      throws JunkException {
    String field =
        state.isEmpty()
            ? ""
            : ",\"replication_state\":" + (state.equals("7") ? state : "\"" + state + "\"");
    String key =
        "{\"role\":\"replica\",\"state\":\"running\",\"version\":\"%s\"%s,\"xlog_location\":5}"
            .formatted(version, field);
    assertThat(KeyParsers.member(entry(key)).facts().dcs().orElseThrow().streaming())
        .isEqualTo(streaming);
    String body =
        """
        {"state":"running","role":"replica","server_version":170002,"patroni":{"version":"%s"}%s,
         "xlog":{"received_location":7,"replayed_location":7}}\
        """
            .formatted(version, field);
    assertThat(rest(503, body).answer().streaming()).isEqualTo(streaming);
    boolean said = !state.isEmpty() && !state.equals("7");
    assertThat(rest(503, body.replace("170002", "90500")).answer().streaming())
        .isEqualTo(!said || streaming);
    assertThat(rest(503, body.replace("\"xlog\"", "\"x\"")).answer().streaming())
        .isEqualTo(!said || streaming);
    assertThat(rest(503, body.replace("version\":\"" + version, "v\":\"")).answer().streaming())
        .isEqualTo(!said || streaming);
    assertThat(
            KeyParsers.member(entry(key.replace(",\"xlog_location\":5", "")))
                .facts()
                .dcs()
                .orElseThrow()
                .streaming())
        .isEqualTo(!said || streaming);
  }

  @Test
  void anUnknownPositionIsNone() throws JunkException {
    KeyParsers.MemberKey key =
        KeyParsers.member(entry("{\"replay_lsn\":\"unknown\",\"xlog_location\":null}"));
    assertThat(key.facts().dcs().orElseThrow().lsn()).isEmpty();
    assertThat(key.problems()).isEmpty();
  }

  /** Patroni: {@code bool(tags.get("noloadbalance"))}, in every version. */
  @ParameterizedTest
  @CsvSource({
    "true, true",
    "false, false",
    "1, true",
    "0, false",
    "0.0, false",
    "-1, true",
    "'\"yes\"', true",
    "'\"no\"', true",
    "'\"false\"', true",
    "'\"0\"', true",
    "'\" \"', true",
    "'\"\"', false",
    "null, false",
    "[], false",
    "[false], true",
    "{}, false",
    "{\"a\":null}, true"
  })
  void judgesTagsAsPatroniDoes(String value, boolean expected) throws JunkException {
    for (String tag : List.of("noloadbalance", "nofailover", "nosync", "clonefrom")) {
      String json = "{\"role\":\"replica\",\"state\":\"running\",\"tags\":{\"%s\":%s}}";
      Tags tags = member(json.formatted(tag, value)).dcs().orElseThrow().tags();
      assertThat(tags.values().getOrDefault(tag, "false")).isEqualTo(String.valueOf(expected));
      assertThat(rest(503, json.formatted(tag, value)).answer().tags()).isEqualTo(tags);
      assertThat(tags.noLoadBalance()).isEqualTo(expected && tag.equals("noloadbalance"));
    }
  }

  /** Patroni: {@code parse_bool(tags.get("nostream"))}, since 3.3. */
  @ParameterizedTest
  @CsvSource({
    "true, true",
    "1, true",
    "'\"On\"', true",
    "'\"false\"', false",
    "'\"x\"', false",
    "2, false"
  })
  void judgesNostreamAsPatroniDoes(String value, boolean expected) throws JunkException {
    Tags tags = member("{\"tags\":{\"nostream\":" + value + "}}").dcs().orElseThrow().tags();
    assertThat(tags.values()).containsEntry("nostream", String.valueOf(expected));
  }

  @Test
  void otherTagsStayAsTheyAre() throws JunkException {
    String json =
        """
        {"tags":{"zone":"a","failover_priority":0,"sync_priority":2,"replicatefrom":"pg1",\
        "nested":{"a":[1]},"nothing":null}}\
        """;
    assertThat(member(json).dcs().orElseThrow().tags().values())
        .containsOnly(
            Map.entry("zone", "a"),
            Map.entry("failover_priority", "0"),
            Map.entry("sync_priority", "2"),
            Map.entry("replicatefrom", "pg1"),
            Map.entry("nested", "{\"a\":[1]}"));
    assertThat(KeyParsers.member(entry("{\"tags\":[]}")).problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://u:p%40@h1:6000/db?x=@y, h1, 6000",
    "postgres://[fe80::1%25eth0]:5433/postgres, fe80::1%25eth0, 5433",
    "postgresql://[::1]/, ::1, 5432",
    "postgresql://[::1], ::1, 5432",
    "postgres://[2001:db8::1]:6432/db, 2001:db8::1, 6432",
    "postgres://2001:db8::1:6432/db, 2001:db8::1, 6432",
    "postgres://2001:db8:0:0:0:0:0:1:6432/db, 2001:db8:0:0:0:0:0:1, 6432",
    "postgres://2001:db8:0:0:0:0:0:1/db, 2001:db8:0:0:0:0:0:1, 5432",
    "postgres://::1/db, ::1, 5432",
    "postgres://h1, h1, 5432",
    "postgres://h1:/db, h1, 5432",
    "postgres://h1?target_session_attrs=any, h1, 5432",
    "postgres://u:p@h1?x=1, h1, 5432",
    "'postgres://u:p@h1:6001,h2:6002/db', h1, 6001",
    "'postgres://h1,h2:6002/db', h1, 5432",
    "'postgres://[::1]:6001,[::2]:6002/db', ::1, 6001",
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
    assertThatThrownBy(() -> Switchover.moment("2026-01-14T10:09:57"))
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
    assertThat(KeyParsers.maintenance("{\"pause\":true}")).isTrue();
    assertThat(KeyParsers.maintenance("{\"pause\":\"on\"}")).isTrue();
    assertThat(KeyParsers.maintenance("{\"ttl\":30}")).isFalse();
    assertThat(KeyParsers.failoverTime("{\"ttl\":20,\"loop_wait\":5}")).hasSeconds(25);
    assertThat(KeyParsers.failoverTime("{\"ttl\":\"60\"}")).hasSeconds(70);
    assertThat(KeyParsers.failoverTime("{}")).hasSeconds(40);
    assertThat(KeyParsers.failoverTime("{\"ttl\":-1,\"loop_wait\":{}}")).hasSeconds(40);
    assertThat(KeyParsers.failoverTime("{\"ttl\":1e30,\"loop_wait\":null}")).hasSeconds(40);
    assertThat(KeyParsers.initialize("")).isEmpty();
    assertThat(KeyParsers.initialize("70001")).contains("70001");
    assertThat(KeyParsers.history("[]")).hasValue(1);
    assertThat(KeyParsers.history("[[1,25165984,\"no recovery target\",\"x\",\"n\"]]")).hasValue(2);
    assertThatThrownBy(() -> KeyParsers.history("[[\"a\"]]")).isInstanceOf(JunkException.class);
    assertThatThrownBy(() -> KeyParsers.leader("a\nb")).isInstanceOf(JunkException.class);
  }

  @Test
  void readsARestAnswer() throws JunkException {
    RestBody primary = rest(200, Bodies.primary(3));
    assertThat(primary.answer().holdsLock()).isTrue();
    assertThat(primary.answer().role()).isEqualTo(Role.PRIMARY);
    assertThat(primary.answer().running()).isTrue();
    assertThat(primary.answer().timeline()).hasValue(3);
    assertThat(primary.answer().lsn()).hasValue(5000);
    assertThat(primary.name()).isEmpty();
    assertThat(primary.systemId()).contains("7000000000000000001");
    RestAnswer replica = rest(503, Bodies.replica(3)).answer();
    assertThat(replica.holdsLock()).isFalse();
    assertThat(replica.lsn()).hasValue(3900);
    assertThat(replica.streaming()).isTrue();
    String patroni4 =
        """
        {"state":"running","role":"replica","xlog":{"received_location":7,"replayed_location":null},
         "replication_state":"in archive recovery","failsafe_mode_is_active":true,"pause":true,
         "patroni":{"version":"4.1.4","scope":"main","name":"n2"}}\
        """;
    RestBody newer = rest(503, patroni4);
    assertThat(newer.name()).contains("n2");
    assertThat(newer.answer().lsn()).hasValue(7);
    assertThat(newer.answer().streaming()).isFalse();
    assertThat(newer.answer().pause()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"role\":1,\"state\":\"running\"}",
        "{\"role\":\"master\",\"state\":\"running\",\"patroni\":7}",
        "{\"role\":\"master\",\"state\":\"running\",\"patroni\":{\"scope\":7}}",
        "{\"role\":\"master\",\"state\":\"running\",\"patroni\":{\"name\":[]}}",
        "{\"role\":\"master\",\"state\":\"running\",\"database_system_identifier\":7}",
        "{\"role\":\"master\",\"state\":\"running\",\"patroni\":{\"scope\":\"b\"}}"
      })
  void refusesJunkAnswers(String body) {
    assertThatThrownBy(() -> rest(200, body)).isInstanceOf(JunkException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"timeline\":\"three\"",
        "\"timeline\":9000000000000000000",
        "\"xlog\":7",
        "\"xlog\":{\"location\":\"x\"}",
        "\"tags\":7",
        "\"replication_state\":7",
        "\"pause\":[]"
      })
  void anOddFieldOfAnAnswerCostsOnlyThatField(String field) throws JunkException {
    RestBody body = rest(200, "{\"role\":\"primary\",\"state\":\"running\"," + field + "}");
    assertThat(body.problems()).hasSize(1);
    assertThat(body.answer().holdsLock()).isTrue();
    assertThat(body.answer().role()).isEqualTo(Role.PRIMARY);
    assertThat(body.answer().running()).isTrue();
    assertThat(body.answer().timeline()).isEmpty();
  }

  @Test
  void anOddMemberCostsOnlyThatMember() throws JunkException {
    String json =
        """
        {"members":[7,{"name":""},{"name":null},{"role":"replica"},
          {"name":"n1","role":"leader","host":"h1","port":"5433","api_url":"http://h1:8008/patroni"},
          {"name":"n2","role":"replica","host":"h2","port":99999,"api_url":"http://:8008/patroni",
           "timeline":"x","lag":"unknown","lsn":"0/1"}],
         "pause":"x","scheduled_switchover":{"at":"soon"},"scope":"main"}\
        """;
    ClusterBody body = ClusterBody.parse(reply(200, json), Scope.of("main"));
    assertThat(body.members().keySet()).containsExactly("n1", "n2");
    assertThat(body.members().get("n1").postgres()).contains(new HostPort("h1", 5433));
    assertThat(body.members().get("n2").postgres()).contains(new HostPort("h2", 5432));
    assertThat(body.members().get("n2").api()).isEmpty();
    assertThat(body.maintenance()).isFalse();
    assertThat(body.switchover()).isEmpty();
    assertThat(body.problems()).hasSizeBetween(6, 10);
  }

  /** Patroni's REST API tells the scope without the Citus group, from 3.0 to 4.1. */
  @Test
  void aCitusGroupIsOfItsScope() throws JunkException {
    String body =
        """
        {"state": "running", "role": "primary", "server_version": 170002, "timeline": 2,
         "xlog": {"location": 67391000}, "dcs_last_seen": 1731000000,
         "database_system_identifier": "7430000000000000001",
         "patroni": {"version": "4.0.4", "scope": "citus", "name": "coord1"%s}}\
        """;
    Scope scope = Scope.of("citus/0");
    for (String group : List.of("", ", \"group\": 0", ", \"group\": \"0\", \"x\": 1")) {
      assertThat(RestBody.parse(reply(200, body.formatted(group)), scope).name())
          .contains("coord1");
    }
    assertThatThrownBy(() -> RestBody.parse(reply(200, body.formatted(", \"group\": 1")), scope))
        .hasMessage("belongs to group 1 of scope citus");
    for (String other : List.of("citus", "a/citus/0")) {
      Scope its = Scope.of(other);
      boolean same = other.equals("citus");
      assertThat(its.group().isPresent()).isEqualTo(!same);
    }
    assertThatThrownBy(() -> RestBody.parse(reply(200, body.formatted("")), Scope.of("citus2/0")))
        .hasMessage("belongs to scope citus");
    assertThatThrownBy(() -> RestBody.parse(reply(200, body.formatted("")), Scope.of("citus/a")))
        .hasMessage("belongs to scope citus");
    ClusterBody cluster =
        ClusterBody.parse(
            reply(200, "{\"members\":[{\"name\":\"coord1\"}],\"scope\":\"citus\"}"), scope);
    assertThat(cluster.members()).containsKey("coord1");
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
              () -> KeyParsers.member(entry(text)),
              () -> KeyParsers.failover(text),
              () -> KeyParsers.sync(text),
              () -> KeyParsers.status(text),
              () -> KeyParsers.optime(text),
              () -> KeyParsers.maintenance(text),
              () -> KeyParsers.history(text),
              () -> KeyParsers.leader(text),
              () -> KeyParsers.initialize(text),
              () -> rest(200, text),
              () -> ClusterBody.parse(reply(200, text), Scope.of("main")));
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

  private static MemberFacts member(String json) throws JunkException {
    KeyParsers.MemberKey key = KeyParsers.member(entry(json));
    assertThat(key.problems()).isEmpty();
    return key.facts();
  }

  private static RestBody rest(int status, String body) throws JunkException {
    return RestBody.parse(reply(status, body), Scope.of("main"));
  }

  private static Entry entry(String value) {
    return new Entry(value, value.length(), 5, 7);
  }

  private static RestReply.Answered reply(int status, String body) {
    return new RestReply.Answered(Instant.EPOCH, Instant.EPOCH.plusMillis(1), status, body);
  }
}
