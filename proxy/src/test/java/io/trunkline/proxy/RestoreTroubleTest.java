package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.config.Secret;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.ScriptedPostgres.Direction;
import io.trunkline.proxy.ScriptedPostgres.Ending;
import io.trunkline.proxy.ScriptedPostgres.Loss;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members that die while a session is restored, and clients that leave meanwhile. */
@Timeout(120)
class RestoreTroubleTest extends ProxyTestCase {
  private static final int NUMBER = 4711;
  private static final String INSERT = "insert into t values (" + NUMBER + ")";

  private final Settings settings = new Settings();
  private ScriptedPostgres member;
  private ProxyFixture proxy;
  private AtRest before;

  /** Bytes that the member has got: up to the first answer, the question, the restored session. */
  private long answered;

  private long asked;
  private long restored;

  @BeforeEach
  void start() throws Exception {
    member = using(new ScriptedPostgres());
  }

  private void start(Duration holdTimeout) throws Exception {
    settings.keepSessions = KeepSessions.ALWAYS;
    settings.holdTimeout = holdTimeout;
    settings.maxLogins = OptionalInt.of(1);
    settings.auth =
        Optional.of(new AuthConfig("asks", new Secret("asks"), "postgres", "SELECT $1", false));
    proxy = using(new ProxyFixture(settings));
    proxy.member("n1", member.address());
    proxy.leader("n1");
    learn();
    before = AtRest.now(proxy);
  }

  /** Where the messages of a session end that is lost once. */
  private void learn() throws Exception {
    try (ScramSocket _ = session(List.of())) {
      List<Long> ends = member.sessions().getFirst().receivedEnds();
      answered = ends.get(1);
      asked = ends.getLast();
    }
    nobodyIsThere();
    try (ScramSocket client = session(List.of(loss(asked, Ending.CLOSE)))) {
      awaitDetached();
      assertThat(client.query("show work_mem")).contains("5");
      List<Long> ends = member.sessions().getLast().receivedEnds();
      restored = ends.get(ends.size() - 2);
    }
    nobodyIsThere();
  }

  private static Loss loss(long at, Ending ending) {
    return new Loss(Direction.FROM_PROXY, at, ending);
  }

  /** A session that has set something, and was asked unless it is lost before that. */
  private ScramSocket session(List<Loss> losses) throws IOException {
    member.begin(losses, false);
    ScramSocket client = new ScramSocket(proxy.connect("write"), "app");
    client.socket().setSoTimeout(40_000);
    client.read('Z');
    client.query("set work_mem = 5");
    member.await("the question", () -> member.questions() > 0 || member.paused());
    return client;
  }

  private void awaitDetached() {
    SwitchoverLab.awaitDetached(proxy, 1);
  }

  private void nobodyIsThere() {
    Await.until(() -> SwitchoverLab.stats(proxy).connections() == 0);
  }

  /** A login has its turn at once, so none of those before has kept a place. */
  private void aLoginHasItsTurn() throws Exception {
    member.begin(List.of(), false);
    try (ScramSocket client = new ScramSocket(proxy.connect("write"), "app")) {
      client.read('Z');
    }
    nobodyIsThere();
  }

  @Test
  void theEleventhMemberIsTheOne() throws Exception {
    start(Duration.ofSeconds(30));
    List<Loss> losses = new ArrayList<>(List.of(loss(asked, Ending.CLOSE)));
    Ending[] endings = {Ending.CLOSE, Ending.RESET, Ending.STOP};
    for (int i = 0; i < 10; i++) {
      losses.add(loss((2 * i + 1) * restored / 20, endings[i % endings.length]));
    }
    try (ScramSocket client = session(losses)) {
      awaitDetached();
      assertThat(client.query(INSERT)).contains("INSERT").endsWith("ZI\n");
      assertThat(client.query("show work_mem")).contains("5");
      assertThat(member.executed(NUMBER)).isEqualTo(1);
      assertThat(member.lost()).isEqualTo(11);
      assertThat(SwitchoverLab.stats(proxy).sessions().values()).containsExactly(1);
    }
    nobodyIsThere();
    assertThat(SwitchoverLab.stats(proxy).kept().restored()).as("with that before").isEqualTo(2);
    aLoginHasItsTurn();
    before.comesBack();
  }

  /** Whether it dies as soon as it is dialled, or when it has let the session in. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.95})
  void holdTimeoutEndsIt(double part) throws Exception {
    start(Duration.ofSeconds(2));
    List<Loss> losses = new ArrayList<>(List.of(loss(asked, Ending.CLOSE)));
    losses.addAll(Collections.nCopies(1000, loss((long) (part * restored), Ending.CLOSE)));
    try (ScramSocket client = session(losses)) {
      awaitDetached();
      long start = System.nanoTime();
      client.send(message('Q', INSERT + "\0"));
      assertThat(client.read().toString()).contains("FATAL", "C57P03\0");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(6));
    }
    nobodyIsThere();
    assertThat(member.lost()).as("deaths").isGreaterThan(2);
    assertThat(member.executed(NUMBER)).isZero();
    assertThat(SwitchoverLab.stats(proxy).ends().get(SessionEnd.HOLD_TIMEOUT)).isEqualTo(1);
    aLoginHasItsTurn();
    before.comesBack();
  }

  /** When a client leaves. */
  enum Moment {
    /** Its member is telling what it is. */
    QUESTION,
    /** It has no member, and no member lets it in. */
    DETACHED,
    /** A member is being made what the one before was. */
    RESTORING
  }

  @ParameterizedTest
  @CsvSource({
    "QUESTION, false", "QUESTION, true",
    "DETACHED, false", "DETACHED, true",
    "RESTORING, false", "RESTORING, true",
  })
  void aClientThatLeavesTakesWithItWhatItHasSaid(Moment moment, boolean reset) throws Exception {
    start(Duration.ofSeconds(30));
    List<Loss> losses =
        switch (moment) {
          case QUESTION -> List.of(loss(answered + 1, Ending.PAUSE));
          case DETACHED -> List.of(loss(asked, Ending.CLOSE));
          case RESTORING -> List.of(loss(asked, Ending.CLOSE), loss(restored / 2, Ending.PAUSE));
        };
    try (ScramSocket client = session(losses)) {
      if (moment != Moment.QUESTION) {
        awaitDetached();
      }
      if (moment == Moment.DETACHED) {
        member.refuse(Integer.MAX_VALUE);
      }
      client.send(message('Q', INSERT + "\0"));
      switch (moment) {
        case QUESTION -> {}
        case DETACHED -> Await.until(() -> !proxy.failures.isEmpty());
        case RESTORING -> member.await("the restoration", member::paused);
      }
      if (reset) {
        Attackers.reset(client.socket());
      } else {
        client.socket().shutdownOutput();
      }
      if (moment == Moment.QUESTION) {
        member.resume();
      }
      nobodyIsThere();
    }
    member.refuse(0);
    member.resume();
    aLoginHasItsTurn();
    assertThat(member.executed(NUMBER)).isLessThanOrEqualTo(moment == Moment.QUESTION ? 1 : 0);
    before.comesBack();
  }
}
