package io.trunkline.loadtest.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for something again and again, in a thread of its own, and keeps the answers. */
final class Repeated<T> implements AutoCloseable {
  private final Duration pause;
  private final Supplier<Optional<T>> question;
  private final List<T> answers = new ArrayList<>();
  private final Thread thread;
  private volatile @Nullable RuntimeException failure;

  private Repeated(String name, Duration pause, Supplier<Optional<T>> question) {
    this.pause = pause;
    this.question = question;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  static <T> Repeated<T> start(String name, Duration pause, Supplier<Optional<T>> question) {
    Repeated<T> repeated = new Repeated<>(name, pause, question);
    repeated.thread.start();
    return repeated;
  }

  /** So far; fails if the thread did: nothing is to be taken for good that was not looked at. */
  List<T> answers() {
    RuntimeException end = failure;
    if (end != null) {
      throw new IllegalStateException(thread.getName() + " has ended", end);
    }
    synchronized (answers) {
      return List.copyOf(answers);
    }
  }

  private void run() {
    try {
      while (true) {
        question.get().ifPresent(this::keep);
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is closed
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void keep(T answer) {
    synchronized (answers) {
      answers.add(answer);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
