package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients say at the moment in which their members are asked what they are. */
@Timeout(120)
class StateRaceTest {
  /** A question comes 100 ms after the first change: some of the second come before it. */
  private static final int EARLIEST_MILLIS = 45;

  private static final int APART_MILLIS = 10;
  private static final int SESSIONS = 12;

  private static ScramSocket logIn(ProxyFixture fixture) throws Exception {
    ScramSocket client = new ScramSocket(fixture.connect("write"), "scram");
    client.logIn(PostgresLab.PASSWORD);
    client.socket().setSoTimeout(30_000);
    return client;
  }

  /** Each says the second a bit later after the first than the one before. */
  private static List<Callable<String>> changes(
      List<ScramSocket> clients, String first, String second) {
    List<Callable<String>> changes = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      ScramSocket client = clients.get(i);
      int wait = EARLIEST_MILLIS + i * APART_MILLIS;
      changes.add(
          () -> {
            client.query(first);
            Thread.sleep(wait);
            return client.query(second);
          });
    }
    return changes;
  }

  /** No session goes on as it was before the change: it has the change, or it ends. */
  @Test
  void noChangeIsForgotten() throws Exception {
    Settings settings = new Settings();
    settings.keepListen = true;
    settings.holdTimeout = Duration.ofSeconds(20);
    List<ScramSocket> setting = new ArrayList<>();
    List<ScramSocket> listening = new ArrayList<>();
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.ALWAYS, false, settings)) {
      for (int i = 0; i < SESSIONS; i++) {
        setting.add(logIn(fixture));
        listening.add(logIn(fixture));
      }
      List<Callable<String>> all = new ArrayList<>();
      all.addAll(changes(setting, "set app.tenant = 'before'", "set app.tenant = 'after'"));
      all.addAll(changes(listening, "set work_mem = '7MB'", "listen news"));
      assertThat(Attackers.all(all)).allMatch(said -> said.endsWith("ZI\n"));
      lab.old.stop("immediate");
      fixture.leader("");
      lab.promote(fixture);

      SoftAssertions softly = new SoftAssertions();
      int restored = 0;
      for (ScramSocket client : setting) {
        Optional<String> is = ask(client, "select current_setting('app.tenant')");
        restored += is.isPresent() ? 1 : 0;
        is.ifPresent(it -> softly.assertThat(it).contains("after").doesNotContain("before"));
      }
      for (ScramSocket client : listening) {
        Optional<String> is = ask(client, "select pg_listening_channels()");
        restored += is.isPresent() ? 1 : 0;
        is.ifPresent(it -> softly.assertThat(it).contains("news"));
      }
      System.out.println(
          restored + " of " + 2 * SESSIONS + " went on: " + SwitchoverLab.story(fixture));
      softly.assertThat(restored).as("sessions that go on").isPositive();
      softly.assertAll();
    }
    for (ScramSocket client : setting) {
      client.close();
    }
    for (ScramSocket client : listening) {
      client.close();
    }
  }

  /** Empty: the session has ended. */
  private static Optional<String> ask(ScramSocket client, String query) {
    try {
      String answer = client.query(query);
      assertThat(answer).endsWith("ZI\n");
      return Optional.of(answer);
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /** Notifications that come within the answer to the question are the client's. */
  @Test
  void noNotificationIsLostInTheAnswer() throws Exception {
    Settings settings = new Settings();
    settings.keepListen = true;
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false, settings);
        ScramSocket listener = logIn(fixture);
        ScramSocket notifier = logIn(fixture)) {
      listener.query("listen news");
      int sent = 0;
      for (int round = 0; round < 4; round++) {
        long questions = SwitchoverLab.stats(fixture).kept().stateQueries();
        listener.send(message('Q', "set work_mem = '" + (100 + round) + "kB'\0"));
        long start = System.nanoTime();
        while (SwitchoverLab.stats(fixture).kept().stateQueries() == questions
            || System.nanoTime() - start < 200_000_000) {
          notifier.query("notify news, '" + sent + "'");
          sent++;
        }
      }
      for (int next = 0; next < sent; ) {
        ScramSocket.Said said = listener.read();
        if (said.type() == 'A') {
          assertThat(said.body()).endsWith("news\0" + next + "\0");
          next++;
        }
      }
      System.out.println(sent + " notifications");
      assertThat(SwitchoverLab.stats(fixture).kept().stateQueries()).isGreaterThanOrEqualTo(4);
    }
  }
}
