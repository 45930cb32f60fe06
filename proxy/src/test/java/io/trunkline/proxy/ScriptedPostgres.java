package io.trunkline.proxy;

import io.trunkline.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * A model of PostgreSQL as far as a session needs it: both query protocols, transactions,
 * savepoints, prepared statements and settings. It loses sessions where a test wants it, and keeps
 * count of what was run and what was committed.
 */
final class ScriptedPostgres implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ServerSocket server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Map<Integer, Integer> executed = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> committed = new ConcurrentHashMap<>();
  private final Deque<Loss> losses = new ArrayDeque<>();
  private int run;
  private int refusals;
  private int lost;
  private int questions;
  private boolean paused;
  private boolean flushesAll;
  private final List<ScriptedBackend> sessions = new ArrayList<>();

  /** Of the bytes of one connection. */
  enum Direction {
    FROM_PROXY,
    TO_PROXY
  }

  /** How a session ends. */
  enum Ending {
    /** The process is killed. */
    CLOSE,
    /** The machine is: what it had sent is lost, too, where it was not read. */
    RESET,
    /** The server stops: FATAL 57P01, and it lets nobody in for a moment. */
    STOP,
    /** Another process has crashed: WARNING 57P02. */
    CRASH,
    /** The process stands still until {@link #resume}, and goes on then. */
    PAUSE
  }

  /**
   * Where a session is lost: once so many bytes have passed. What was not received whole by then is
   * not run.
   */
  record Loss(Direction direction, long at, Ending ending) {}

  ScriptedPostgres() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new ScriptedBackend(this, socket).run();
    } catch (IOException gone) {
      // The proxy has left.
    } finally {
      sockets.remove(socket);
    }
  }

  // What a test wants.

  /**
   * A run begins.
   *
   * @param planned where the first sessions are lost, in the order in which they come
   * @param flushes whether every message is sent at once, not only when somebody waits
   */
  synchronized void begin(List<Loss> planned, boolean flushes) {
    run++;
    losses.clear();
    losses.addAll(planned);
    refusals = 0;
    lost = 0;
    questions = 0;
    paused = false;
    flushesAll = flushes;
    sessions.clear();
  }

  /** So many logins are refused from now on, as by a server that starts. */
  synchronized void refuse(int logins) {
    refusals = logins;
  }

  /** Whoever stands still goes on. */
  synchronized void resume() {
    paused = false;
    notifyAll();
  }

  // What it has done.

  synchronized int lost() {
    return lost;
  }

  synchronized boolean paused() {
    return paused;
  }

  /** How often it has told what a session is. */
  synchronized int questions() {
    return questions;
  }

  /** The sessions of this run, in the order in which they came. */
  synchronized List<ScriptedBackend> sessions() {
    return List.copyOf(sessions);
  }

  int executed(int number) {
    return executed.getOrDefault(number, 0);
  }

  int committed(int number) {
    return committed.getOrDefault(number, 0);
  }

  /** Waits until that is so, which a session of this server has brought about. */
  synchronized void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.getAsBoolean()) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("did not come: " + what);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // What its sessions tell.

  /**
   * @return whether it is let in
   */
  synchronized boolean letsIn() {
    if (refusals > 0) {
      refusals--;
      return false;
    }
    return true;
  }

  /** Which run it is. */
  synchronized int run() {
    return run;
  }

  /** A connection that is no question whether the server is there. */
  synchronized Optional<Loss> next(ScriptedBackend backend) {
    sessions.add(backend);
    return Optional.ofNullable(losses.poll());
  }

  synchronized boolean flushesAll() {
    return flushesAll;
  }

  synchronized void loses(Loss loss, int in) {
    if (in == run && loss.ending() == Ending.STOP) {
      refusals = 1;
    }
  }

  synchronized void hasLost(int in) {
    lost += in == run ? 1 : 0;
    notifyAll();
  }

  synchronized void pause() {
    paused = true;
    notifyAll();
    await("the end of the pause", () -> !paused);
  }

  synchronized void answeredQuestion(int in) {
    questions += in == run ? 1 : 0;
    notifyAll();
  }

  void runs(int number) {
    executed.merge(number, 1, Integer::sum);
  }

  void commits(List<Integer> numbers) {
    numbers.forEach(number -> committed.merge(number, 1, Integer::sum));
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
