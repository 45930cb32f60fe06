package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.config.Secret;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.ScriptedPostgres.Direction;
import io.trunkline.proxy.ScriptedPostgres.Ending;
import io.trunkline.proxy.ScriptedPostgres.Loss;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Wherever a session loses its member, its client is told the truth: nothing that was acknowledged
 * is lost, nothing that was refused is there, nothing is run twice, every answer is one, and the
 * session ends only where it has to.
 */
class LossPropertyTest {
  /** They mostly wait. */
  private static final int WORKERS = 12;

  /**
   * Of random scripts, each with several losses; -DargLine=-Dtrunkline.loss=20000 for a long look.
   */
  private static final int RANDOM_SCRIPTS = Integer.getInteger("trunkline.loss", 20);

  private static final long SEED = Long.getLong("trunkline.loss.seed", 20_261_130);

  /** Every byte is a loss point, not only some of each message. */
  private static final boolean EVERY_BYTE = Boolean.getBoolean("trunkline.loss.bytes");

  private static final int MOST_FAILURES = 8;
  private static final String INSERT = "insert into t values (#)";

  /**
   * Each line is one write, after which the client waits for the answers ({@code &}: it does not).
   * {@code P[name] text} is Parse, {@code B[portal<name]} Bind, and so on; {@code ?} waits until
   * the member was asked for the state of the session.
   */
  private record Script(String name, List<String> lines) {
    static Script of(String name, String... lines) {
      return new Script(name, List.of(lines));
    }
  }

  private static String extended(String text) {
    return "P " + text + " | B | D | E";
  }

  private static final List<Script> SCRIPTS =
      List.of(
          Script.of("autocommit", "Q " + INSERT, "Q select #", "Q " + INSERT),
          Script.of("block", "Q begin", "Q " + INSERT, "Q select #", "Q commit", "Q select #"),
          Script.of("rolled back", "Q begin", "Q " + INSERT, "Q rollback", "Q " + INSERT),
          Script.of(
              "pipelined queries",
              "Q begin &",
              "Q " + INSERT + " &",
              "Q commit &",
              "Q " + INSERT,
              "Q begin | Q select # | Q " + INSERT,
              "Q select # | Q select # | Q rollback"),
          Script.of(
              "several in one query",
              "Q begin; " + INSERT + "; commit",
              "Q " + INSERT + "; select #; " + INSERT,
              "Q begin; " + INSERT,
              "Q ",
              "Q commit"),
          Script.of(
              "extended",
              extended(INSERT) + " | S",
              extended("begin") + " | S",
              extended(INSERT) + " | " + extended("select #") + " | S",
              extended("commit") + " | S"),
          Script.of(
              "as pgjdbc does",
              "P begin | B | E | " + extended(INSERT) + " | S",
              extended("select #") + " | S",
              "P commit | B | E | S",
              "P begin | B | E | " + extended("select #") + " | S",
              "P rollback | B | E | S"),
          Script.of(
              "named",
              "P[S_1] begin | B[S_1] | E | P[S_2] insert into t values ($1) | B[S_2] | E | S",
              "P[S_3] commit | B[S_3] | E | S",
              "P[S_4] rollback | D[S_4] | S",
              "?",
              "B[S_1] | E | B[S_2] | E | S",
              "B[S_2] | E | S",
              "B[S_3] | E | S",
              "B[S_1] | E | B[S_2] | E | S",
              "B[S_4] | E | S"),
          Script.of(
              "named, and dropped",
              "P[S_1] insert into t values ($1) | B[S_1] | E | C[S_1] | S",
              "P[S_1] begin | P[S_2] select # | S",
              "B[S_1] | E | P[S_3] insert into t values ($1) | B[S_3] | E | S",
              "B[S_2] | E | C[S_2] | B[S_9] | P[S_4] select # | C[S_3] | S",
              "Q rollback",
              "P[S_2] insert into t values ($1) | B[S_2] | E | S",
              "B[S_3] | E | S",
              "B[S_1] | E | B[S_2] | E | S",
              "Q commit"),
          Script.of(
              "failed",
              "Q begin",
              "Q " + INSERT,
              "Q select 1 / 0",
              "Q " + INSERT,
              "Q commit",
              "P begin | B | E | P select 1 / 0 | B | E | " + extended(INSERT) + " | S",
              "Q rollback",
              "Q select 1 / 0",
              "Q " + INSERT),
          Script.of(
              "savepoints",
              "Q begin",
              "Q " + INSERT,
              "Q savepoint s",
              "Q " + INSERT,
              "Q select 1 / 0",
              "Q rollback to s",
              "Q " + INSERT,
              "Q commit"),
          Script.of(
              "with Flush",
              "P begin | B | E | H",
              "P " + INSERT + " | B | E | H",
              "P select # | B[p<] | E[p] | H",
              "S",
              "P commit | B | E | H",
              "S",
              "P " + INSERT + " | B | E | H",
              "S"),
          Script.of(
              "batches in pieces",
              "P begin | B | D | E &",
              "P " + INSERT + " | B | D | E &",
              "P select # | B | D | E &",
              "P commit | B | E | S",
              "P begin | B | E | H",
              "P " + INSERT + " | B | D | E &",
              "H",
              "P select # | B | E | S",
              "P rollback | B | E | S"),
          Script.of(
              "settings",
              "Q set work_mem = 5",
              "?",
              "Q begin",
              "Q set work_mem = 6",
              "Q show work_mem",
              "Q commit",
              "Q show work_mem",
              "Q begin | Q show work_mem"),
          Script.of(
              "settings in a pipeline",
              "Q set work_mem = 7 | Q begin",
              "Q " + INSERT,
              "Q rollback",
              "Q show work_mem"),
          Script.of(
              "warnings",
              "Q begin",
              "Q select warn #",
              "Q " + INSERT,
              "Q commit",
              "Q select warn #"),
          Script.of(
              "unnamed again",
              "P insert into t values ($1) | B | E | S",
              "B | E | S",
              "Q begin",
              "P insert into t values ($1) | B | E | S",
              "B | E | S",
              "Q rollback"),
          Script.of(
              "unnamed after an error",
              "P[S_1] begin | P[S_2] insert into t values ($1) | S",
              "?",
              "P commit | S",
              "B[S_9] | E | P select # | S",
              "B[S_1] | E | S",
              "B[S_2] | E | S",
              "B | E | S"),
          Script.of(
              "lone messages",
              "S",
              "S | S",
              "P select # | B | E | S | S",
              "Q begin",
              "S",
              "P " + INSERT + " | B | S",
              "P " + INSERT + " | B | E | S | S",
              "Q commit"),
          Script.of(
              "ROLLBACK within a pipeline",
              "Q begin",
              "P " + INSERT + " | B | E | S | P rollback | B | E | S | S",
              "Q begin",
              "Q " + INSERT + " | Q rollback | S"));

  /** A script, where it is lost, and how. */
  private record Try(
      Script script,
      List<Loss> losses,
      boolean torn,
      boolean polite,
      boolean patient,
      boolean flushes) {}

  /** A proxy with its member; one run at a time. */
  private static final class Lab implements AutoCloseable {
    private final ScriptedPostgres member = new ScriptedPostgres();
    private final ProxyFixture fixture;
    private final AtomicInteger numbers = new AtomicInteger(1_000_000);
    private final List<Integer> inserts = new ArrayList<>();
    private final List<Integer> executed = new ArrayList<>();

    Lab() throws IOException {
      Settings settings = new Settings();
      settings.keepSessions = KeepSessions.ALWAYS;
      settings.auth =
          Optional.of(new AuthConfig("asks", new Secret("asks"), "postgres", "SELECT $1", false));
      fixture = new ProxyFixture(settings);
      fixture.member("n1", member.address());
      fixture.leader("n1");
    }

    private ListenerStats stats() {
      return Objects.requireNonNull(fixture.proxy.stats().get("write"));
    }

    private long noticed() {
      return stats().kept().detached()
          + stats().ends().values().stream().mapToLong(Long::longValue).sum();
    }

    private void awaitLoss(long before) {
      Await.until(() -> noticed() > before);
    }

    /** Where messages end in a run of the script in which nothing is lost. */
    Points points(Script script) throws IOException {
      return points(script, List.of());
    }

    /** The same of the session after those losses. */
    Points points(Script script, List<Loss> losses) throws IOException {
      run(new Try(script, losses, false, false, true, false));
      ScriptedBackend last = member.sessions().getLast();
      return new Points(last.receivedEnds(), last.sentEnds());
    }

    void run(Try the) throws IOException {
      member.begin(the.losses, the.flushes);
      long before = noticed();
      boolean resets = the.losses.stream().anyMatch(it -> it.ending() == Ending.RESET);
      LossClient.Cut cut =
          !the.torn
              ? LossClient.Cut.NONE
              : new LossClient.Cut() {
                @Override
                public long at() {
                  return the.losses.getFirst().at();
                }

                @Override
                public void between() {
                  member.await("the loss", () -> member.lost() > 0);
                }
              };
      LossClient client = new LossClient(fixture.connect("write"), numbers::incrementAndGet, cut);
      try (client) {
        try {
          client.start();
          int left = the.losses.size() + 1;
          while (!goesThrough(the, client, before) && left > 0) {
            left--;
          }
          client.send("Q select #");
          client.answers();
          client.send("Q show work_mem");
          client.answers();
          client.leave();
        } catch (LossClient.Ended end) {
          client.mayEnd(
              end, resets && the.script.lines.stream().anyMatch(it -> it.contains("set ")));
        }
      } catch (AssertionError e) {
        throw new AssertionError(
            e.getMessage() + "\n" + the + "\n" + client + SwitchoverLab.story(fixture), e);
      }
      Await.until(() -> stats().connections() == 0);
      for (int number : client.all) {
        String story = "insert of " + number + "\n" + the + "\n" + client;
        assertThat(member.executed(number)).as("runs of %s", story).isLessThanOrEqualTo(1);
        assertThat(member.committed(number)).as("commits of %s", story).isLessThanOrEqualTo(1);
        if (client.acknowledged.contains(number)) {
          assertThat(member.committed(number)).as("acknowledged: %s", story).isEqualTo(1);
        }
        if (client.refused.contains(number)) {
          assertThat(member.committed(number)).as("refused: %s", story).isZero();
        }
        inserts.add(number);
        executed.add(member.executed(number));
      }
    }

    /**
     * @return whether it came to its end, or else is to be tried again
     */
    private boolean goesThrough(Try the, LossClient client, long noticed)
        throws IOException, LossClient.Ended {
      int questions = 0;
      for (String each : the.script.lines) {
        if (each.equals("?")) {
          int asked = questions;
          member.await("the question", () -> member.questions() > asked || member.lost() > 0);
          if (member.lost() == 0) {
            client.told();
          }
          continue;
        }
        if (the.patient && member.lost() > 0) {
          awaitLoss(noticed);
        }
        boolean waits = !each.endsWith(" &");
        int before = client.changes();
        int asked = member.questions();
        client.send(waits ? each : each.substring(0, each.length() - 2));
        questions = client.changes() == before ? questions : asked;
        if (waits) {
          client.answers();
          if (the.polite && client.takeLost()) {
            client.closeBatch();
            rollBack(client);
            client.send("Q select #");
            client.answers();
            return false;
          }
        }
      }
      client.closeBatch();
      rollBack(client);
      return true;
    }

    private static void rollBack(LossClient client) throws IOException, LossClient.Ended {
      if (client.status() != 'I') {
        client.send("Q rollback");
        client.answers();
        assertThat(client.status()).as("after ROLLBACK").isEqualTo('I');
      }
    }

    /** The client speaks, and leaves while the next member stands still. */
    void leaves(List<Loss> losses, boolean resets) throws Exception {
      member.begin(losses, false);
      leaves(resets, () -> {}, () -> member.await("the pause", member::paused));
      member.resume();
      works();
    }

    /** The same, while the member refuses everybody. */
    void leavesWhileNobodyIsThere(Loss loss) throws Exception {
      member.begin(List.of(loss), false);
      long failures = stats().dialFailures();
      leaves(
          false,
          () -> member.refuse(Integer.MAX_VALUE),
          () -> Await.until(() -> stats().dialFailures() > failures));
      member.refuse(0);
      works();
    }

    private void leaves(boolean resets, Runnable meanwhile, Runnable then) throws Exception {
      long before = noticed();
      Socket socket = fixture.connect("write");
      try (LossClient client =
          new LossClient(socket, numbers::incrementAndGet, LossClient.Cut.NONE)) {
        client.start();
        meanwhile.run();
        client.send("Q select #");
        client.answers();
        member.await("the loss", () -> member.lost() > 0);
        awaitLoss(before);
        client.send("Q " + INSERT);
        then.run();
        socket.setSoLinger(resets, 0);
        socket.close();
        Await.until(() -> stats().connections() == 0);
        client.all.forEach(
            number -> {
              inserts.add(number);
              executed.add(0);
            });
      } catch (LossClient.Ended end) {
        throw new AssertionError(end);
      }
    }

    private void works() throws Exception {
      run(new Try(Script.of("works", "Q " + INSERT), List.of(), false, true, false, false));
    }

    /** Nothing was run after its client had gone. */
    void check() {
      for (int i = 0; i < inserts.size(); i++) {
        assertThat(member.executed(inserts.get(i)))
            .as("runs of the insert of %d", inserts.get(i))
            .isEqualTo(executed.get(i));
      }
    }

    @Override
    public void close() {
      fixture.close();
      member.close();
    }
  }

  /** Where messages end on the first connection. */
  private record Points(List<Long> received, List<Long> sent) {
    private List<Long> ends(Direction direction) {
      return direction == Direction.FROM_PROXY ? received : sent;
    }

    /** All loss points of a direction, from the first query on. */
    List<Long> of(Direction direction) {
      return of(direction, direction == Direction.FROM_PROXY ? 1 : 5);
    }

    /** The same, without the first so many messages. */
    List<Long> of(Direction direction, int without) {
      List<Long> ends = ends(direction);
      List<Long> points = new ArrayList<>();
      for (int i = without; i < ends.size(); i++) {
        long from = i == 0 ? 0 : ends.get(i - 1);
        long to = ends.get(i);
        LongStream within =
            EVERY_BYTE ? LongStream.rangeClosed(from + 1, to) : LongStream.of((from + to) / 2, to);
        within.filter(at -> at <= to).distinct().forEach(points::add);
      }
      return points;
    }

    boolean isEnd(Direction direction, long at) {
      return ends(direction).contains(at);
    }
  }

  @Test
  void aLossAtAnyPoint() throws Exception {
    List<Try> tries = new ArrayList<>();
    try (Lab lab = new Lab()) {
      for (Script script : SCRIPTS) {
        Points points = lab.points(script);
        for (Direction direction : Direction.values()) {
          for (long at : points.of(direction)) {
            boolean end = points.isEnd(direction, at);
            List<Ending> endings = List.of(Ending.CLOSE, Ending.STOP, Ending.CRASH, Ending.RESET);
            if (!EVERY_BYTE) {
              Ending rare = tries.size() % 2 == 0 ? Ending.CRASH : Ending.RESET;
              Ending any = tries.size() % 3 == 0 ? Ending.STOP : Ending.CLOSE;
              endings = end ? List.of(Ending.CLOSE, Ending.STOP, rare) : List.of(any);
            }
            for (Ending ending : endings) {
              boolean even = tries.size() % 2 == 0;
              boolean torn = direction == Direction.FROM_PROXY && (EVERY_BYTE || at % 4 != 0);
              List<Loss> losses = List.of(new Loss(direction, at, ending));
              tries.add(new Try(script, losses, torn, even, end || even, !even && !end));
              if (EVERY_BYTE) {
                tries.add(new Try(script, losses, false, !even, !even, false));
              }
            }
          }
        }
      }
    }
    run(tries);
  }

  /** The next member is lost while the session is restored there. */
  @Test
  void aLossWhileItIsRestored() throws Exception {
    List<Try> tries = new ArrayList<>();
    try (Lab lab = new Lab()) {
      for (Left left :
          List.of(
              new Left("block", 6),
              new Left("extended", 9),
              new Left("extended", 14),
              new Left("settings", 14))) {
        Script script = named(left.script);
        long end = lab.points(script).sent().get(left.message);
        Loss first = new Loss(Direction.TO_PROXY, end, Ending.CLOSE);
        Points points = lab.points(script, List.of(first));
        for (Direction direction : Direction.values()) {
          for (long at : points.of(direction, 0)) {
            boolean even = tries.size() % 2 == 0;
            Ending ending = even ? Ending.CLOSE : Ending.STOP;
            List<Loss> losses = List.of(first, new Loss(direction, at, ending));
            tries.add(new Try(script, losses, false, even, false, false));
          }
        }
      }
    }
    run(tries);
  }

  /** A script whose first member is lost after so many messages of its own. */
  private record Left(String script, int message) {}

  private static Script named(String name) {
    return SCRIPTS.stream().filter(it -> it.name.equals(name)).findFirst().orElseThrow();
  }

  /** What a client has said meanwhile goes with it. */
  @Test
  void nothingIsRunForWhoHasLeft() throws Exception {
    Script script = Script.of("leaves", "Q select #", "Q " + INSERT);
    try (Lab lab = new Lab()) {
      Loss first = new Loss(Direction.TO_PROXY, lab.points(script).sent().get(8), Ending.CLOSE);
      Points points = lab.points(script, List.of(first));
      int count = 0;
      for (Direction direction : Direction.values()) {
        List<Long> ends = points.ends(direction);
        // Then come the insert, the two last queries and Terminate, and what answers them.
        long restored = ends.get(ends.size() - (direction == Direction.FROM_PROXY ? 5 : 11));
        for (long at : points.of(direction, 0)) {
          count++;
          if (at < restored && (EVERY_BYTE || count % 3 == 0)) {
            lab.leaves(List.of(first, new Loss(direction, at, Ending.PAUSE)), at % 2 == 0);
          }
        }
      }
      lab.leavesWhileNobodyIsThere(first);
      lab.check();
    }
  }

  /** Random scripts, each lost a few times. */
  @Test
  void randomScripts() throws Exception {
    List<Try> tries = new ArrayList<>();
    try (Lab lab = new Lab()) {
      for (int i = 0; i < RANDOM_SCRIPTS; i++) {
        Random random = new Random(SEED + i);
        Script script = random("seed " + (SEED + i), random);
        Points points = lab.points(script);
        for (int j = 0; j < 8; j++) {
          tries.add(random(script, points, random));
        }
      }
    }
    run(tries);
  }

  private static Script random(String name, Random random) {
    List<String> lines = new ArrayList<>();
    for (int i = 3 + random.nextInt(8); i > 0; i--) {
      lines.add(line(random) + (random.nextInt(3) == 0 ? " &" : ""));
    }
    lines.add("S");
    return new Script(name, lines);
  }

  private static String line(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "Q " + text(random) + "; " + text(random);
      case 1 -> "Q " + text(random) + " | Q " + text(random) + " | Q " + text(random);
      case 2 -> "P begin | B | E | " + extended(INSERT) + " | S";
      case 3 -> extended(text(random)) + " | H | " + extended(text(random)) + " | S";
      case 4 -> extended(text(random)) + " | " + extended(text(random)) + " | S";
      case 5 -> extended(text(random)) + " | S | " + extended(text(random)) + " | S";
      default -> "Q " + text(random);
    };
  }

  private static String text(Random random) {
    List<String> texts =
        List.of(
            INSERT,
            INSERT,
            INSERT,
            "select #",
            "begin",
            "begin",
            "begin",
            "commit",
            "commit",
            "rollback",
            "savepoint s",
            "rollback to s",
            "select 1 / 0",
            "select warn #",
            "show work_mem",
            "set work_mem = " + random.nextInt(9));
    return texts.get(random.nextInt(texts.size()));
  }

  private static Try random(Script script, Points points, Random random) {
    List<Loss> losses = new ArrayList<>();
    boolean torn = random.nextInt(3) == 0;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      Direction direction = random.nextBoolean() ? Direction.FROM_PROXY : Direction.TO_PROXY;
      long at;
      if (!losses.isEmpty()) {
        at = 1 + random.nextLong(2000);
      } else {
        direction = torn ? Direction.FROM_PROXY : direction;
        List<Long> all = points.of(direction);
        at = all.get(random.nextInt(all.size()));
      }
      Ending[] endings = {Ending.CLOSE, Ending.STOP, Ending.CRASH, Ending.RESET};
      losses.add(new Loss(direction, at, endings[random.nextInt(4)]));
    }
    return new Try(
        script, losses, torn, random.nextBoolean(), random.nextBoolean(), random.nextBoolean());
  }

  private static void run(List<Try> tries) throws Exception {
    Queue<Try> queue = new ConcurrentLinkedQueue<>(tries);
    Queue<AssertionError> failures = new ConcurrentLinkedQueue<>();
    Set<String> kinds = ConcurrentHashMap.newKeySet();
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(WORKERS)) {
      for (int i = 0; i < WORKERS; i++) {
        workers.add(executor.submit(() -> work(queue, failures, kinds)));
      }
    }
    for (Future<?> worker : workers) {
      worker.get();
    }
    if (!failures.isEmpty()) {
      AssertionError error =
          new AssertionError(
              String.join("\n\n", failures.stream().map(AssertionError::getMessage).toList()));
      failures.forEach(error::addSuppressed);
      throw error;
    }
  }

  private static Void work(Queue<Try> queue, Queue<AssertionError> failures, Set<String> kinds)
      throws IOException {
    try (Lab lab = new Lab()) {
      for (Try next = queue.poll(); next != null; next = queue.poll()) {
        try {
          lab.run(next);
        } catch (AssertionError e) {
          String kind = String.valueOf(e.getMessage()).lines().findFirst() + next.script.name;
          if (kinds.add(kind)) {
            failures.add(e);
          }
          if (failures.size() >= MOST_FAILURES) {
            queue.clear();
          }
        }
      }
      lab.check();
    }
    return null;
  }
}
