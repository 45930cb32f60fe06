package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.leak.Leaks;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.pgwire.state.StateQuery;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.testing.Await;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions that are more than can be kept, at a real PostgreSQL. */
@Timeout(240)
class LargeStateTest {
  private static final int STATEMENTS = 100_000;

  private static final int CLIENTS = 16;

  /** On a busy machine with two processors. */
  private static final long LONGEST_STALL_MILLIS = 500;

  /** The digits, and what is around them. */
  private static final long MOST_IN_ANSWER = 1_200_000;

  private static final long MORE_MEMORY = 32L << 20;

  private static Optional<Pinned> pinned(ProxyFixture fixture) throws Exception {
    return sessions(fixture).getFirst().keep().pinned();
  }

  private static Map<Optional<Pinned>, Long> reasons(ProxyFixture fixture) throws Exception {
    return sessions(fixture).stream()
        .collect(Collectors.groupingBy(each -> each.keep().pinned(), Collectors.counting()));
  }

  private static List<SessionInfo> sessions(ProxyFixture fixture) throws Exception {
    return fixture.proxy.sessions(SessionFilter.ALL, 100).get(10, TimeUnit.SECONDS).sessions();
  }

  private static long heap() throws InterruptedException {
    Leaks.collectGarbage();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** The longest that an event loop was busy with something else. */
  private static final class Stalls implements AutoCloseable {
    private final ProxyFixture fixture;
    private final Thread thread;
    private volatile boolean over;
    private volatile long longest;

    Stalls(ProxyFixture fixture) {
      this.fixture = fixture;
      this.thread = Thread.ofPlatform().start(this::watch);
    }

    private void watch() {
      while (!over) {
        long start = System.nanoTime();
        fixture.proxy.turn().join();
        longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      }
    }

    long longestMillis() {
      return longest;
    }

    @Override
    public void close() {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static byte[] parse(int number) {
    return message('P', "s" + number + "\0select " + number + "\0\0\0");
  }

  @Test
  void aHundredThousandStatementsCostLittle() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false);
        ScramSocket client = new ScramSocket(fixture.connect("write"), "scram")) {
      client.logIn(PostgresLab.PASSWORD);
      client.socket().setSoTimeout(60_000);
      long before = heap();
      for (int i = 0; i < STATEMENTS / 2; i += 1000) {
        byte[][] thousand = new byte[1001][];
        for (int j = 0; j < 1000; j++) {
          thousand[j] = parse(i + j);
        }
        thousand[1000] = message('S', "");
        client.send(join(thousand));
        client.read('Z');
      }
      try (Stalls stalls = new Stalls(fixture)) {
        assertThat(
                client.query(
                    "do $$ begin for i in 1.."
                        + STATEMENTS / 2
                        + " loop execute format('prepare t%s as select 1', i); end loop; end $$"))
            .endsWith("ZI\n");
        Await.until(() -> pinned(fixture).equals(Optional.of(Pinned.STATEMENTS)));
        long asked = SwitchoverLab.stats(fixture).kept().stateQueries();
        long longest = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        int changes = 0;
        while (System.nanoTime() < end) {
          long start = System.nanoTime();
          client.query("set work_mem = '" + (64 + changes % 100) + "kB'");
          longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
          changes++;
        }
        long more = SwitchoverLab.stats(fixture).kept().stateQueries() - asked;
        System.out.printf(
            "%d changes, %d questions more, client waited %d ms, event loop %d ms%n",
            changes, more, longest, stalls.longestMillis());
        assertThat(more).as("questions in six seconds of changes").isLessThanOrEqualTo(3);
        assertThat(stalls.longestMillis()).as("ms").isLessThan(LONGEST_STALL_MILLIS);
      }
      assertThat(heap() - before).as("bytes of the proxy").isLessThan(MORE_MEMORY);
      assertThat(lab.old.query("select count(*) from pg_stat_activity where usename = 'scram'"))
          .isEqualTo("1");
    }
  }

  /** PostgreSQL itself cuts off what it tells: 900 statements of 100 kB, 100,000 small ones. */
  @ParameterizedTest
  @CsvSource({"900, 100000, LARGE", "100000, 1, STATEMENTS", "1000, 1, "})
  void theAnswerIsBounded(int statements, int length, Pinned expected) throws Exception {
    try (PostgresLab postgres = PostgresLab.primary();
        ScramSocket client =
            new ScramSocket(
                new Socket(InetAddress.getLoopbackAddress(), postgres.port()), "scram")) {
      client.logIn(PostgresLab.PASSWORD);
      client.query(
          "do $$ begin for i in 1..%d loop execute format('prepare t%%s as select %%L', i, repeat('x', %d)); end loop; end $$"
              .formatted(statements, length));
      ByteBuf question = StateQuery.ask(UnpooledByteBufAllocator.DEFAULT, Set.of());
      client.send(ByteBufUtil.getBytes(question));
      question.release();
      StateQuery query = new StateQuery(false, new StateMemory(64L << 20));
      long bytes = 0;
      ScramSocket.Said said = client.read();
      for (; said.type() != 'Z'; said = client.read()) {
        assertThat(said.type()).as(said.body()).isNotEqualTo('E');
        bytes += said.body().length();
        if (said.type() == 'D') {
          query.row(Unpooled.wrappedBuffer(said.body().getBytes(StandardCharsets.ISO_8859_1)));
        }
      }

      assertThat(bytes).isLessThan(MOST_IN_ANSWER);
      assertThat(query.pinned()).isEqualTo(Optional.ofNullable(expected));
    }
  }

  /** 16 sessions of 120 kB where there is memory for 1 MB; then 16 that are alike. */
  @Test
  void allSessionsTogetherAreBounded() throws Exception {
    Settings settings = new Settings();
    settings.stateBytes = 1 << 20;
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false, settings)) {
      List<ScramSocket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new ScramSocket(fixture.connect("write"), "scram"));
        clients.getLast().logIn(PostgresLab.PASSWORD);
      }
      for (int i = 0; i < CLIENTS; i++) {
        clients.get(i).query("set app.large = '" + i + "y".repeat(60_000) + "'");
      }
      Await.until(
          () ->
              reasons(fixture)
                  .keySet()
                  .equals(Set.of(Optional.empty(), Optional.of(Pinned.MEMORY))));
      assertThat(reasons(fixture).get(Optional.<Pinned>empty())).isBetween(4L, 8L);
      assertThat(fixture.proxy.stateBytes()).isLessThanOrEqualTo(settings.stateBytes);

      // Some leave: of those who were pinned, and change nothing, as many are kept as there is room
      // for.
      for (ScramSocket client : clients.subList(0, CLIENTS / 2)) {
        client.close();
      }
      clients.subList(0, CLIENTS / 2).clear();
      Await.until(
          () -> {
            for (ScramSocket client : clients) {
              client.query("select 1");
            }
            return reasons(fixture).getOrDefault(Optional.<Pinned>empty(), 0L) >= 6;
          });

      for (ScramSocket client : clients) {
        client.query("set app.large = '" + "z".repeat(60_000) + "'");
      }
      Await.until(
          () -> {
            Set<Optional<Pinned>> now = reasons(fixture).keySet();
            if (now.equals(Set.of(Optional.empty(), Optional.of(Pinned.MEMORY)))) {
              for (ScramSocket client : clients) {
                client.query("set work_mem = '1MB'"); // asked again
              }
            }
            return now.equals(Set.of(Optional.empty()));
          });
      for (ScramSocket client : clients) {
        client.close();
      }
      Await.until(() -> fixture.proxy.stateBytes() == 0);
    }
  }

  /** 1 MB of text in a statement, 1 MB in a setting, and very many settings. */
  @Test
  void whatIsTooLargePins() throws Exception {
    String megabyte = "x".repeat(1 << 20);
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      settings.add("set app.s" + i + " = '" + "y".repeat(1000) + "'");
    }
    byte[] longText =
        join(
            message('P', ("s\0select '" + megabyte + "'\0\0\0").getBytes(StandardCharsets.UTF_8)),
            message('S', ""));
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false)) {
      for (byte[] each :
          Arrays.asList(
              longText,
              message('Q', "set app.large = '" + megabyte + "'\0"),
              message('Q', "select set_config('app.large', repeat('x', 1048576), false) is null\0"),
              null)) {
        try (ScramSocket client = new ScramSocket(fixture.connect("write"), "scram")) {
          client.logIn(PostgresLab.PASSWORD);
          if (each == null) {
            for (String setting : settings) {
              assertThat(client.query(setting)).endsWith("ZI\n");
            }
          } else {
            client.send(each);
            client.read('Z');
          }
          Await.until(
              () -> {
                Optional<Pinned> now = pinned(fixture);
                return now.isPresent()
                    && now.get() != Pinned.CHANGED
                    && now.get() != Pinned.NO_ANSWER;
              });
          System.out.println(pinned(fixture));
          assertThat(pinned(fixture).get()).isIn(Pinned.TEXT, Pinned.LARGE, Pinned.SETTING);
          assertThat(client.query("select 41 + 1")).contains("42");
        }
        Await.until(() -> SwitchoverLab.stats(fixture).connections() == 0);
      }
    }
  }
}
