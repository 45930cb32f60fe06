package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process that listens, and what it has taken of the machine. */
final class Daemon implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final int LINES = 40;
  private static final Duration STEP = Duration.ofMillis(1);

  private final Process process;
  private final Path log;
  private final Optional<Daemon> behind;

  private Daemon(Process process, Path log, Optional<Daemon> behind) {
    this.process = process;
    this.log = log;
    this.behind = behind;
  }

  /** Both together: what they take counts as one, and they end together. */
  Daemon before(Daemon other) {
    return new Daemon(process, log, Optional.of(other));
  }

  /** How one is started; where its ports must accept connections before it counts as ready. */
  record Launch(
      Path log,
      List<String> command,
      Map<String, String> environment,
      String address,
      List<Integer> ports) {}

  static Daemon start(Launch launch) throws IOException {
    List<String> command = new ArrayList<>(Leftovers.BOUND_TO_US);
    command.addAll(launch.command());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(launch.log().toFile());
    builder.environment().putAll(launch.environment());
    long begun = System.nanoTime();
    Process process = builder.start();
    for (int port : launch.ports()) {
      while (!accepts(launch.address(), port)) {
        if (!process.isAlive() || System.nanoTime() - begun > START.toNanos()) {
          process.destroyForcibly();
          throw new LabException(
              "%s does not listen on port %d:%n%s"
                  .formatted(launch.command(), port, Files.readString(launch.log())));
        }
        pause(STEP);
      }
    }
    return new Daemon(process, launch.log(), Optional.empty());
  }

  long pid() {
    return process.pid();
  }

  /** Where it writes. */
  Path directory() {
    return log.getParent();
  }

  /** The last that it said. */
  String log() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
  }

  /** Whether it has said that. */
  boolean says(String text) {
    try {
      return Files.readString(log).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double processorSeconds() {
    return Processor.spent(process.pid()) + behind.map(Daemon::processorSeconds).orElse(0.0);
  }

  /** Resident memory in kB (proc(5): VmRSS). */
  long residentKb() {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow()
          + behind.map(Daemon::residentKb).orElse(0L);
    } catch (IOException e) {
      throw new LabException("the process has gone", e);
    }
  }

  /** Ends it as a crash would. */
  void kill() {
    process.destroyForcibly();
    behind.ifPresent(Daemon::kill);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    behind.ifPresent(Daemon::close);
  }

  private static boolean accepts(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}
