package io.trunkline.loadtest.scenario;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.trunkline.loadtest.continuity.IdleSession;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.workload.Target;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Idle sessions, and as many in a transaction, at a listener that keeps them. Each says something
 * half a second after the blow.
 */
final class KeptSessions implements AutoCloseable {
  /** Where they are is a listener of its own, so that the writer sees what it sees without. */
  static final String LISTENERS =
      """
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary, keep_sessions: off}
        - {name: read, bind: "0.0.0.0:5001", route: replica, fallback: primary, keep_sessions: off}
        - {name: kept, bind: "0.0.0.0:5002", route: primary, keep_sessions: always}
      """;

  private static final int PORT = 5002;
  private static final int COUNT = 25;
  private static final String WENT_ON = "went on";
  private static final String ENDED = "ended";

  /** For the question what each has become. */
  private static final Duration ASKED = Duration.ofSeconds(2);

  /** Whatever was done has reached the proxy. */
  private static final Duration REACHED = Duration.ofMillis(500);

  /** Longer than a client is queued. */
  private static final Duration ANSWERED = Duration.ofSeconds(60);

  private final List<IdleSession> idle = new ArrayList<>();
  private final List<IdleSession> busy = new ArrayList<>();
  private final List<CompletableFuture<String>> idleAnswers = new ArrayList<>();
  private final List<CompletableFuture<String>> busyAnswers = new ArrayList<>();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  private KeptSessions() {}

  /**
   * What they saw.
   *
   * @param count of the idle sessions, and of those in a transaction
   * @param wentOn idle ones that answered, and were what they had been
   * @param lost in a transaction: one 40001, and then the session was what it had been
   * @param undisturbed in a transaction: no error
   * @param ended all others, by what they got
   */
  record Result(int count, int wentOn, int lost, int undisturbed, Map<String, Integer> ended) {
    static Result of(int count, List<String> idle, List<String> busy) {
      Map<String, Integer> states = new TreeMap<>();
      idle.stream().filter(s -> !s.equals(WENT_ON)).forEach(s -> states.merge(s, 1, Integer::sum));
      busy.stream()
          .filter(s -> !s.equals(IdleSession.LOST) && !s.equals(IdleSession.NO_ERROR))
          .forEach(s -> states.merge(s, 1, Integer::sum));
      return new Result(
          count,
          times(WENT_ON, idle),
          times(IdleSession.LOST, busy),
          times(IdleSession.NO_ERROR, busy),
          states);
    }

    Result plus(Result more) {
      Map<String, Integer> all = new TreeMap<>(ended);
      more.ended.forEach((state, n) -> all.merge(state, n, Integer::sum));
      return new Result(
          count + more.count,
          wentOn + more.wentOn,
          lost + more.lost,
          undisturbed + more.undisturbed,
          all);
    }

    private static int times(String wanted, List<String> answers) {
      return (int) answers.stream().filter(wanted::equals).count();
    }

    @Override
    public String toString() {
      return ("kept sessions: %d of %d idle ones went on; of %d in a transaction %d got one 40001"
              + " and went on, %d no error; ended: %s")
          .formatted(wentOn, count, count, lost, undisturbed, ended.isEmpty() ? "none" : ended);
    }
  }

  static KeptSessions open(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Target target = lab.target(lab.proxy(1), PORT);
    KeptSessions sessions = new KeptSessions();
    try {
      for (int i = 0; i < COUNT; i++) {
        sessions.idle.add(new IdleSession(target, i));
        sessions.busy.add(new IdleSession(target, COUNT + i));
      }
      Trial.pause(ASKED);
      for (IdleSession session : sessions.busy) {
        session.begin();
      }
      return sessions;
    } catch (SQLException e) {
      sessions.close();
      throw new LabException("cannot open a session at the listener that keeps them", e);
    }
  }

  /** Has each say something, all at once; returns at once. */
  void ask() {
    for (IdleSession session : idle) {
      idleAnswers.add(later(() -> session.goesOn() ? WENT_ON : ENDED));
    }
    for (IdleSession session : busy) {
      busyAnswers.add(later(session::nextInTransaction));
    }
  }

  private CompletableFuture<String> later(Supplier<String> question) {
    return CompletableFuture.supplyAsync(
        () -> {
          Trial.pause(REACHED);
          return question.get();
        },
        clients);
  }

  /** Waits for the answers. */
  Result result() {
    return Result.of(COUNT, answers(idleAnswers), answers(busyAnswers));
  }

  private static List<String> answers(List<CompletableFuture<String>> answers) {
    return answers.stream()
        .map(answer -> answer.completeOnTimeout("no answer", ANSWERED.toSeconds(), SECONDS).join())
        .toList();
  }

  @Override
  public void close() {
    clients.shutdown();
    idle.forEach(IdleSession::close);
    busy.forEach(IdleSession::close);
  }
}
