package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.dcs.DcsState;
import io.trunkline.healthcheck.dcs.Entry;
import io.trunkline.healthcheck.dcs.KeySpace;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.healthcheck.rest.Discovery;
import io.trunkline.healthcheck.rest.Prober;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.rest.RestRecord;
import io.trunkline.healthcheck.rest.RestReply;
import io.trunkline.healthcheck.timeline.TimelineTracker;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.Event;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed when members contradict etcd, each other, or reason. */
class ObservationTest {
  private final EventLoop loop = new EmbeddedChannel().eventLoop();
  private final List<Event> events = new ArrayList<>();
  private final Map<String, RestReply> replies = new HashMap<>();
  private final KeySpace keys = new KeySpace();

  /** How much the wall clock was set forward since the start. */
  private Duration slow = Duration.ZERO;

  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final Journal journal = new Journal("main", clock, events::add);
  private @Nullable Observation observation;
  private @Nullable MemberRegistry registry;
  private @Nullable ClusterView view;
  private TimelineTracker.Saved stored = TimelineTracker.Saved.NONE;
  private long revision = 10;
  private int views;

  @BeforeEach
  void threeMembers() {
    says("pg1", 200, Bodies.primary(4));
    says("pg2", 503, Bodies.replica(4));
    says("pg3", 503, Bodies.replica(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9000000000000000000", "4294967295", "15", "5"})
  void aFalsePrimaryRaisesNothingWhileEtcdIsHealthy(String timeline) {
    etcd();
    says("pg2", 200, Bodies.primary(1).replace("\"timeline\": 1", "\"timeline\": " + timeline));
    ask();
    says("pg2", 503, Bodies.replica(4));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(4);
    assertThat(view().mark().regression()).isEmpty();
    assertThat(stored.timeline()).isEqualTo(4);
    assertThat(events("timeline_regression")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"9000000000000000000", "4294967296", "4294967295", "15"})
  void aTimelineThatCannotBeIsAProblemOfThatMember(String timeline) {
    etcd();
    for (String member : List.of("pg1", "pg2")) {
      String before = replies.get(member).toString();
      says(
          member,
          member.equals("pg1") ? 200 : 503,
          Bodies.primary(1).replace("\"timeline\": 1", "\"timeline\": " + timeline));
      ask();
      assertThat(view().problems())
          .as(before)
          .anyMatch(problem -> problem.startsWith("member " + member + ": REST: "))
          .anyMatch(problem -> problem.contains(timeline));
      says(member, member.equals("pg1") ? 200 : 503, Bodies.primary(4));
      ask();
      assertThat(view().problems()).isEmpty();
      assertThat(view().mark().timeline()).isEqualTo(4);
      assertThat(view().mark().regression()).isEmpty();
    }
    assertThat(Long.parseLong(timeline) > 0xFFFF_FFFFL ? events("rest_unreadable") : told())
        .hasSize(2);
  }

  @Test
  void whoLosesTheLeaderKeyHasBeenSucceededUntilItHasItAgainOrAnotherIsPromoted() {
    etcd();
    assertThat(view().mark().succeeded()).isFalse();
    put("leader", "pg2");
    lost();
    says("pg1", 200, Bodies.primary(4));
    ask();
    assertThat(view().mark().succeeded()).as("pg1 may not know it yet").isTrue();
    observation.onHealth(new DcsHealth.Connected(now));
    put("leader", "pg1");
    assertThat(view().mark().succeeded()).isFalse();
    put("leader", "pg2");
    assertThat(view().mark().succeeded()).isTrue();
    says("pg1", 503, Bodies.replica(4));
    says("pg2", 200, Bodies.primary(5));
    ask();
    assertThat(view().mark().member()).contains("pg2");
    assertThat(view().mark().succeeded()).isFalse();
  }

  @Test
  void aPromotionThatOnlyRestTellsOfEndsIt() {
    etcd();
    put("leader", "pg2");
    lost();
    says("pg1", 200, Bodies.primary(5));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(5);
    assertThat(view().mark().succeeded()).isFalse();
  }

  @Test
  void aPromotionRaisesTheMark() {
    etcd();
    put("leader", "pg2");
    says("pg2", 200, Bodies.primary(5));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(5);
    assertThat(view().mark().member()).contains("pg2");
    put("leader", "pg1");
    says("pg1", 200, Bodies.primary(4));
    ask();
    assertThat(view().mark().regression()).isPresent();
  }

  /** Something else answers for a moment where the leader's REST API should. */
  @Test
  void whatALeaderTakesBackNeverCounted() {
    etcd();
    says("pg1", 200, Bodies.primary(6));
    ask();
    says("pg1", 200, Bodies.primary(4));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(4);
    assertThat(view().mark().regression()).isEmpty();
    assertThat(stored.timeline()).isEqualTo(4);
    assertThat(told()).hasSize(1);
    says("pg1", 200, Bodies.primary(5));
    ask();
    put("leader", "pg2");
    put("leader", "pg1");
    says("pg1", 200, Bodies.primary(4));
    ask();
    assertThat(view().mark().regression()).as("another has held the key meanwhile").isPresent();
  }

  @Test
  void withoutEtcdOnlyTheOnlyPrimaryRaisesTheMark() {
    etcd();
    lost();
    says("pg2", 200, Bodies.primary(5));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(4);
    fails("pg1");
    ask();
    assertThat(view().mark().timeline()).isEqualTo(5);
    assertThat(view().mark().member()).contains("pg2");
    says("pg2", 200, Bodies.primary(4_000_000_000L));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(5);
  }

  @Test
  void whereThereIsNoEtcdOthersTellWhichTimelineCanBe() {
    replies.keySet().forEach(this::fails);
    restOnly();
    says("pg1", 200, Bodies.primary(40));
    ask();
    assertThat(view().mark().timeline()).as("nobody to compare with").isZero();
    assertThat(view().problems()).noneMatch(problem -> problem.contains("cannot be"));
    says("pg3", 503, Bodies.replica(40));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(40);
    says("pg1", 200, Bodies.primary(60));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(40);
    assertThat(view().problems()).anyMatch(problem -> problem.contains("timeline 60"));
  }

  @Test
  void aLeaderWithoutAnApiIsKnownByItsKey() {
    etcd();
    put(
        "members/pg1",
        "{\"conn_url\":\"postgres://10.0.0.1:5433/postgres\",\"api_url\":\"http://:8008/patroni\","
            + "\"timeline\":\"5\",\"tags\":[],\"xlog_location\":\"0/3000060\",\"state\":\"running\","
            + "\"role\":\"primary\"}");
    var pg1 = view().member("pg1").orElseThrow();
    assertThat(pg1.postgres().orElseThrow()).hasToString("10.0.0.1:5433");
    assertThat(pg1.dcs().orElseThrow().timeline()).hasValue(5);
    assertThat(pg1.dcs().orElseThrow().lsn()).hasValue(0x3000060);
    assertThat(view().problems()).anyMatch(problem -> problem.startsWith("members/pg1: api_url:"));
    assertThat(pg1.rest().last()).as("the address of before is still asked").isPresent();
  }

  @Test
  void aSwitchoverIsDueByTheWallClock() {
    etcd();
    put("failover", "{\"leader\":\"pg1\",\"scheduled_at\":\"2026-11-21T12:00:00+00:00\"}");
    assertThat(view().failover().orElseThrow().due(view().at())).isFalse();
    slow = Duration.ofHours(3);
    observation.tick();
    assertThat(view().failover().orElseThrow().due(view().at())).isTrue();
    assertThat(view().failover().orElseThrow().scheduledAt())
        .contains(Instant.parse("2026-11-21T12:00:00Z"));
    slow = Duration.ofDays(-400);
    observation.tick();
    assertThat(view().failover().orElseThrow().due(view().at())).isFalse();
  }

  private List<Event> told() {
    return events("timeline_implausible");
  }

  /** How many of ten ticks, 100 ms apart, have made a view; etcd is confirmed before. */
  private int viewsOfASecond() {
    observation.onHealth(new DcsHealth.Connected(now));
    int before = views;
    for (int i = 0; i < 10; i++) {
      now = now.plusMillis(100);
      observation.tick();
    }
    return views - before;
  }

  @Test
  void whileAllIsWellATickChangesNothingUnlessTheEvidenceIsOld() {
    etcd();
    assertThat(viewsOfASecond()).isEqualTo(5);
  }

  @Test
  void whileEtcdIsNotConfirmedEveryTickCounts() {
    etcd();
    assertThat(viewsOfASecond()).isEqualTo(5);
    int before = views;
    now = now.plusMillis(100);
    observation.tick();
    observation.tick();
    assertThat(views - before).isEqualTo(2);
    lost();
    before = views;
    observation.tick();
    assertThat(views - before).isOne();
  }

  @Test
  void withoutEtcdEveryTickCounts() {
    restOnly();
    ask();
    int before = views;
    observation.tick();
    observation.tick();
    assertThat(views - before).isEqualTo(2);
  }

  @Test
  void whileSomethingIsToComeEveryTickCounts() {
    etcd();
    put("failover", "{\"leader\":\"pg1\",\"candidate\":\"pg2\"}");
    assertThat(viewsOfASecond()).isEqualTo(10);
    keys.delete("failover", ++revision);
    observation.onKeys(keys);
    assertThat(viewsOfASecond()).isEqualTo(5);
    put("leader", "pg2");
    assertThat(viewsOfASecond()).as("pg2 does not take writes").isEqualTo(10);
    keys.delete("leader", ++revision);
    observation.onKeys(keys);
    assertThat(viewsOfASecond()).as("no leader").isEqualTo(10);
  }

  @Test
  void whileAMemberFailsEveryTickCounts() {
    etcd();
    fails("pg3");
    ask();
    assertThat(viewsOfASecond()).isEqualTo(10);
    says("pg3", 503, Bodies.replica(4));
    ask();
    assertThat(viewsOfASecond()).isEqualTo(5);
    observation.onConnectFailed("pg2", "refused");
    assertThat(viewsOfASecond()).isEqualTo(10);
  }

  private void etcd() {
    observation(true);
    keys.put("leader", new Entry("pg1", 3, revision, revision));
    for (String member : List.of("pg1", "pg2", "pg3")) {
      put(
          "members/" + member,
          "{\"conn_url\":\"postgres://%1$s:5432/postgres\",\"api_url\":\"http://%1$s:8008/patroni\",\"state\":\"running\",\"role\":\"%2$s\",\"timeline\":4}"
              .formatted(member, member.equals("pg1") ? "master" : "replica"));
    }
    observation.onHealth(new DcsHealth.Connected(now));
    ask();
    assertThat(view().mark().timeline()).isEqualTo(4);
    assertThat(view().problems()).isEmpty();
  }

  private void lost() {
    observation.onHealth(new DcsHealth.Lost(now, now, "timed out"));
  }

  private void restOnly() {
    observation(false);
    observation.onDiscovery();
  }

  private void observation(boolean etcd) {
    registry = new MemberRegistry(journal, this::prober, Optional.empty());
    observation =
        new Observation(
            "main",
            etcd,
            loop,
            clock,
            () -> now.plus(slow),
            made -> {
              view = made;
              views++;
            },
            new DcsState(journal),
            new TimelineTracker(journal),
            registry,
            new Discovery(
                List.of(
                    URI.create("http://pg1:8008"),
                    URI.create("http://pg2:8008"),
                    URI.create("http://pg3:8008")),
                Scope.of("main"),
                (_, _, _) -> () -> {},
                Duration.ofSeconds(2),
                loop,
                clock,
                journal,
                () -> {}),
            saved -> stored = saved);
  }

  private Prober prober(String member, ApiUrl api) {
    return new Prober(
        api,
        (url, _, reply) -> {
          reply.accept(stamped(replies.get(url.address().host())));
          return () -> {};
        },
        loop,
        clock,
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        answered -> RestBody.parse(answered, Scope.of("main")),
        new RestRecord(member, journal),
        () -> observation.onRest(member));
  }

  private RestReply stamped(RestReply reply) {
    return switch (reply) {
      case RestReply.Answered it -> new RestReply.Answered(now, now, it.status(), it.body());
      case RestReply.Failed it -> new RestReply.Failed(now, it.reason());
    };
  }

  private void says(String member, int status, String body) {
    replies.put(member, new RestReply.Answered(now, now, status, body));
  }

  private void fails(String member) {
    replies.put(member, new RestReply.Failed(now, "timed out"));
  }

  private void put(String key, String value) {
    revision++;
    keys.put(key, new Entry(value, value.length(), 5, revision));
    now = now.plusSeconds(1);
    observation.onKeys(keys);
  }

  /** Everybody is asked again, a second later. */
  private void ask() {
    now = now.plusSeconds(1);
    registry.all().forEach(MemberRegistry.Tracked::askNow);
    observation.tick();
  }

  private ClusterView view() {
    return view;
  }

  private List<Event> events(String name) {
    return events.stream().filter(event -> event.label().equals(name)).toList();
  }
}
