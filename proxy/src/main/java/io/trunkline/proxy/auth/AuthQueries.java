package io.trunkline.proxy.auth;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.scram.ScramVerifier;
import io.trunkline.proxy.backend.Dialer;
import io.trunkline.proxy.backend.VerifierSource;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.routing.Failures;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The verifiers of roles as the members of one listener know them, over at most two connections to
 * each. All that ask for one role before its question is sent share the answer. Nothing is kept: a
 * changed password counts at once. Works on one event loop.
 */
public final class AuthQueries implements VerifierSource {
  /**
   * A client that waits for longer logs in at the member itself. A member that has just become the
   * primary, and has to open a connection for the query first, may need more than a second.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** After a failed connection nobody waits for the next one for so long. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A connection that cannot be asked by then is given up. */
  private static final Duration LOGIN = Duration.ofSeconds(5);

  private static final String NO_ANSWER = "no answer within " + PATIENCE.toSeconds() + " s";
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final int MOST_CONNECTIONS = 2;
  private static final int MOST_QUESTIONS = 1000;

  private final AuthConfig config;
  private final Dialer dialer;
  private final Optional<BackendTls> tls;
  private final EventLoop loop;
  private final Executor workers;
  private final Map<HostPort, Member> members = new HashMap<>();

  /**
   * @param tls of the connections
   * @param workers compute what takes long
   */
  public AuthQueries(
      AuthConfig config,
      Dialer dialer,
      Optional<BackendTls> tls,
      EventLoop loop,
      Executor workers) {
    this.config = config;
    this.dialer = dialer;
    this.tls = tls;
    this.loop = loop;
    this.workers = workers;
  }

  @Override
  public void ask(HostPort member, String role, EventLoop asker, Consumer<Answer> answer) {
    Consumer<Answer> back = it -> run(asker, () -> answer.accept(it));
    if (!run(loop, () -> members.computeIfAbsent(member, Member::new).ask(role, back))) {
      back.accept(new Answer.Failed("this proxy is shutting down"));
    }
  }

  private static boolean run(EventLoop on, Runnable task) {
    try {
      on.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false; // the proxy is being closed
    }
  }

  /** A role that somebody asks for, and everybody who does. */
  private static final class Question {
    private final String role;
    private final long since = System.nanoTime();
    private final List<Consumer<Answer>> askers = new ArrayList<>();

    Question(String role) {
      this.role = role;
    }

    boolean late() {
      return System.nanoTime() - since >= PATIENCE.toNanos();
    }

    void answer(Answer answer) {
      askers.forEach(asker -> asker.accept(answer));
    }
  }

  /** The connections to one member, and who waits for them. */
  private final class Member implements AuthConnection.Listener {
    private final HostPort address;
    private final Deque<Question> waiting = new ArrayDeque<>();
    private final Map<AuthConnection, Question> asked = new HashMap<>();
    private final Deque<AuthConnection> idle = new ArrayDeque<>();
    private final List<AuthConnection> connections = new ArrayList<>();
    private long usableFrom = System.nanoTime();
    private String failure = "";

    /** When it has answered last, and whether it has answered nothing for too long. */
    private long heardAt = System.nanoTime();

    private boolean silent;
    private long askAgainFrom;

    Member(HostPort address) {
      this.address = address;
    }

    void ask(String role, Consumer<Answer> asker) {
      if (silent && !mayAskAgain()) {
        asker.accept(new Answer.Failed(NO_ANSWER));
        return;
      }
      for (Question question : waiting) {
        if (question.role.equals(role)) {
          question.askers.add(asker);
          return;
        }
      }
      if (connections.isEmpty() && !usable()) {
        asker.accept(new Answer.Failed(failure));
        return;
      }
      if (waiting.size() >= MOST_QUESTIONS) {
        asker.accept(new Answer.Failed("too many roles are asked for at once"));
        return;
      }
      Question question = new Question(role);
      question.askers.add(asker);
      waiting.add(question);
      loop.schedule(() -> giveUp(question), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      serve();
    }

    /** One asks a silent member, from time to time; the others do not wait for that. */
    private boolean mayAskAgain() {
      return askAgainFrom - System.nanoTime() <= 0 && waiting.isEmpty() && asked.isEmpty();
    }

    private void serve() {
      while (!waiting.isEmpty() && !idle.isEmpty()) {
        AuthConnection connection = idle.removeLast();
        Question question = waiting.remove();
        asked.put(connection, question);
        connection.ask(question.role);
      }
      if (waiting.size() > connections.size() - asked.size()
          && connections.size() < MOST_CONNECTIONS
          && usable()) {
        connect();
      }
    }

    private boolean usable() {
      return usableFrom - System.nanoTime() <= 0;
    }

    private void connect() {
      if (connections.isEmpty()) {
        loop.schedule(this::leaveIdle, IDLE.toNanos(), TimeUnit.NANOSECONDS);
      }
      AuthConnection connection = new AuthConnection(config, address, tls, workers, this);
      connections.add(connection);
      loop.schedule(() -> giveUp(connection), LOGIN.toNanos(), TimeUnit.NANOSECONDS);
      dialer
          .dial(address, loop, connection)
          .addListener(
              (Future<Channel> dialled) -> {
                if (!dialled.isSuccess()) {
                  connection.end(Failures.describe(dialled.cause()));
                }
              });
    }

    private void giveUp(AuthConnection connection) {
      if (!connection.worked()) {
        connection.end("no login within " + LOGIN.toSeconds() + " s");
      }
    }

    private void giveUp(Question question) {
      if (waiting.remove(question)) {
        question.answer(new Answer.Failed(NO_ANSWER));
      }
      for (Map.Entry<AuthConnection, Question> each : List.copyOf(asked.entrySet())) {
        if (each.getValue().equals(question)) {
          each.getKey().end(NO_ANSWER);
        }
      }
      if (heardAt - question.since < 0) {
        onSilent();
      }
    }

    /** Nobody was answered for as long as anybody waits: then nobody else waits as long. */
    private void onSilent() {
      silent = true;
      askAgainFrom = System.nanoTime() + PAUSE.toNanos();
      List<Question> unanswered = List.copyOf(waiting);
      waiting.clear();
      unanswered.forEach(it -> it.answer(new Answer.Failed(NO_ANSWER)));
    }

    private void heard() {
      heardAt = System.nanoTime();
      silent = false;
    }

    @Override
    public void idle(AuthConnection connection) {
      idle.add(connection);
      serve();
    }

    /** Closes those that nobody has needed since the last time, from time to time. */
    private void leaveIdle() {
      List.copyOf(idle).stream().filter(AuthConnection::unused).forEach(AuthConnection::leave);
      if (connections.isEmpty() && waiting.isEmpty()) {
        members.remove(address);
      } else {
        loop.schedule(this::leaveIdle, IDLE.toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void answered(AuthConnection connection, byte[] rolpassword) {
      heard();
      Question question = asked.remove(connection);
      if (question != null) {
        for (Consumer<Answer> asker : question.askers) {
          asker.accept(
              ScramVerifier.parse(rolpassword)
                  .<Answer>map(Answer.Found::new)
                  .orElseGet(Answer.None::new));
        }
      }
      Arrays.fill(rolpassword, (byte) 0);
      idle(connection);
    }

    @Override
    public void failed(AuthConnection connection, String why) {
      heard();
      Question question = asked.remove(connection);
      if (question != null) {
        question.answer(new Answer.Failed(why));
      }
      idle(connection);
    }

    @Override
    public void ended(AuthConnection connection, String why) {
      connections.remove(connection);
      idle.remove(connection);
      Question question = asked.remove(connection);
      if (!connection.worked()) {
        failure = why;
        usableFrom = System.nanoTime() + PAUSE.toNanos();
      }
      if (question != null && connection.worked() && !question.late()) {
        waiting.addFirst(question); // it was asked over a connection that had ended before
      } else if (question != null) {
        question.answer(new Answer.Failed(why));
      }
      if (!connections.isEmpty() || usable()) {
        serve();
      } else {
        List<Question> unanswered = List.copyOf(waiting);
        waiting.clear();
        unanswered.forEach(it -> it.answer(new Answer.Failed(why)));
      }
    }
  }
}
