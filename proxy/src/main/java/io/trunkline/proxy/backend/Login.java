package io.trunkline.proxy.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One session's login at one member: from its place in the {@link LoginQueue} until PostgreSQL is
 * ready for the first query, as far as that can be seen. Owned by the session's event loop, but for
 * {@link #admit} and {@link #onRefusing}.
 */
final class Login {
  /**
   * One that the member has let so many rounds of others overtake is stuck, and gives its place,
   * too.
   */
  private static final int OVERTAKEN_ROUNDS = 4;

  /** To the SSLRequest, to the ClientHello, and to what comes then. */
  private static final int UNSEEN_ANSWERS = 3;

  private enum State {
    QUEUED,
    UNDER_WAY,
    /** The client is slow: it goes on, and another has its place. */
    WITHOUT_PLACE,
    /** The member seems to have forgotten it: the same. */
    OVERTAKEN,
    OVER
  }

  /** What it tells its session, on the loop. */
  interface Listener {
    /** It may begin. */
    void onAdmitted(Login login);

    /** The member has begun to refuse logins; this one still waits for its place. */
    void onRefusing(Login login);
  }

  private final LoginQueue queue;
  private final long ticket;
  private final EventLoop loop;
  private final Listener listener;
  private State state = State.QUEUED;
  private long startedAt;
  private long completedBefore;
  private long askedAt;
  private boolean membersTurn;
  private boolean clientFinished;
  private int unseenAnswers = UNSEEN_ANSWERS;
  private long took;
  private @Nullable ScheduledFuture<?> clientsTurn;

  /**
   * @param ticket who has the lower one is admitted first
   */
  Login(LoginQueue queue, long ticket, EventLoop loop, Listener listener) {
    this.queue = queue;
    this.ticket = ticket;
    this.loop = loop;
    this.listener = listener;
  }

  long ticket() {
    return ticket;
  }

  LoginQueue queue() {
    return queue;
  }

  /** Whether it may begin at once; else the listener is told later. */
  boolean enter() {
    if (queue.enter(this)) {
      begin();
      return true;
    }
    return false;
  }

  boolean queued() {
    return state == State.QUEUED;
  }

  private void begin() {
    state = State.UNDER_WAY;
    startedAt = queue.nanoTime();
    completedBefore = queue.completed();
    asked();
  }

  /** It has a place now. From any thread; false when its loop has ended. */
  boolean admit() {
    return run(this::onAdmitted);
  }

  private void onAdmitted() {
    if (state == State.QUEUED) {
      begin();
      listener.onAdmitted(this);
    } else {
      queue.free();
    }
  }

  /** From any thread. */
  void onRefusing() {
    run(
        () -> {
          if (state == State.QUEUED) {
            listener.onRefusing(this);
          }
        });
  }

  private boolean run(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false; // the proxy is being closed
    }
  }

  // Under way.

  /** The member has to answer. */
  void asked() {
    if (!membersTurn && state != State.OVER) {
      membersTurn = true;
      if (clientsTurn != null) {
        queue.onClientsTurn(true);
      }
      askedAt = queue.nanoTime();
      cancelClientsTurn();
    }
  }

  /** The member does something for it, which does not yet mean that it lets the client in. */
  void progressed() {
    queue.onProgress();
  }

  /**
   * The member has answered, and not with a refusal: the client has to say something.
   *
   * @return whether it was the member's turn
   */
  boolean answered() {
    queue.onAnswered();
    return awaitClient();
  }

  /**
   * The member is about to get what the session is opened with.
   *
   * @param withTls that begins TLS: it was asked for already, or is not
   */
  void opens(boolean withTls) {
    unseenAnswers = withTls ? UNSEEN_ANSWERS - 1 : UNSEEN_ANSWERS;
  }

  /**
   * The member has answered what cannot be read. That counts as let in once the startup packet, or
   * the end of the TLS handshake, is answered: what comes after could be the first query.
   */
  void onUnseenAnswer() {
    if (state != State.OVER && answered()) {
      unseenAnswers--;
      if (unseenAnswers <= 0) {
        completed(true);
      }
    }
  }

  /** The client has to say something before the member can answer. */
  boolean awaitClient() {
    if (!membersTurn) {
      return false;
    }
    stopClock();
    if (clientFinished) {
      givePlace(State.WITHOUT_PLACE);
    } else if (state == State.UNDER_WAY) {
      clientsTurn =
          loop.schedule(this::onClientsTurnOver, queue.clientsTurn(), TimeUnit.NANOSECONDS);
    }
    return true;
  }

  private void onClientsTurnOver() {
    queue.onClientsTurn(false);
    givePlace(State.WITHOUT_PLACE);
  }

  /** The client will say nothing more. */
  void onClientFinished() {
    clientFinished = true;
    if (awaitsClient()) {
      givePlace(State.WITHOUT_PLACE);
    }
  }

  /** Whether it goes on only once the client says something. */
  boolean awaitsClient() {
    return state != State.QUEUED && state != State.OVER && !membersTurn;
  }

  private void stopClock() {
    if (membersTurn) {
      membersTurn = false;
      took += queue.nanoTime() - askedAt;
    }
  }

  /** How long the member has been asked for; zero while the client is. */
  Duration owed() {
    return membersTurn ? Duration.ofNanos(queue.nanoTime() - askedAt) : Duration.ZERO;
  }

  /** Gives its place to another if the member lets others in and seems to have forgotten it. */
  void letOthersPass() {
    if (queue.completed() - completedBefore > (long) OVERTAKEN_ROUNDS * queue.limit()) {
      givePlace(State.OVERTAKEN);
    }
  }

  private void givePlace(State without) {
    if (state == State.UNDER_WAY) {
      state = without;
      cancelClientsTurn();
      queue.free();
    }
  }

  // The end.

  /**
   * The member has let the client in, or has refused it for a reason of its own.
   *
   * @param admitted whether it has let it in: then the time it took is a measurement
   */
  void completed(boolean admitted) {
    queue.onAnswered();
    stopClock();
    if (state != State.OVERTAKEN) {
      queue.onCompleted(admitted ? took : 0);
    }
    leave();
  }

  /**
   * The member refuses connections, or cannot be reached.
   *
   * @param sentence that, for those who wait
   * @param silent it has not answered at all
   * @return whether that goes for everybody: nobody has been let in since this login began
   */
  boolean refused(String sentence, boolean silent) {
    if (queue.answeredAgo().compareTo(age()) <= 0) {
      leave();
      return false;
    }
    long pause = queue.onRefused(sentence, silent);
    if (state == State.UNDER_WAY) {
      state = State.OVER;
      cancelClientsTurn();
      loop.schedule(queue::free, pause, TimeUnit.NANOSECONDS);
    } else {
      leave();
    }
    return true;
  }

  private Duration age() {
    return Duration.ofNanos(queue.nanoTime() - startedAt);
  }

  /** The session is over, or goes elsewhere. */
  void leave() {
    State left = state;
    state = State.OVER;
    cancelClientsTurn();
    switch (left) {
      case QUEUED -> queue.remove(this); // where it is not in there any more, it is being admitted
      case UNDER_WAY -> queue.free();
      case WITHOUT_PLACE, OVERTAKEN, OVER -> {}
    }
  }

  private void cancelClientsTurn() {
    if (clientsTurn != null) {
      clientsTurn.cancel(false);
      clientsTurn = null;
    }
  }
}
