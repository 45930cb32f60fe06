package io.trunkline.vip.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.trunkline.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A command that goes on, and the lines it writes. */
final class Running implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Writer in;

  Running(List<String> command) {
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    in = process.outputWriter(UTF_8);
    Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader out = process.inputReader(UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("unreadable: " + e);
    }
  }

  List<String> lines() {
    return lines;
  }

  /** How many lines there are: a mark to wait from. */
  int mark() {
    return lines.size();
  }

  String await(int mark, String what, Predicate<String> wanted, Duration most) {
    try {
      return Await.value(what, most, () -> lines.stream().skip(mark).filter(wanted).findFirst());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + " in " + lines, e);
    }
  }

  void say(String line) {
    try {
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void signal(String name) {
    Shell.run("kill -" + name + " " + process.pid());
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Asks it to end, and waits. */
  void terminate() {
    process.destroy();
    join();
  }

  void join() {
    try {
      if (!process.waitFor(Duration.ofSeconds(10))) {
        close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
