package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A proxy under test: a process of ours, and the processor time that it has taken. */
final class Daemon implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);

  /** {@code sysconf(_SC_CLK_TCK)}, which is 100 on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  /** Of {@code /proc/PID/stat}, counted after the name (proc(5): fields 14 and 15). */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  private final Process process;

  private Daemon(Process process) {
    this.process = process;
  }

  /** Starts it and waits until those ports accept connections. */
  static Daemon start(Path log, List<String> command, List<Integer> ports) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Daemon daemon = new Daemon(process);
    long end = System.nanoTime() + START.toNanos();
    for (int port : ports) {
      while (!accepts(port)) {
        if (!process.isAlive() || System.nanoTime() > end) {
          daemon.close();
          throw new LabException("port " + port + " is not open:\n" + Files.readString(log));
        }
        pause();
      }
    }
    return daemon;
  }

  /** Seconds of processor time since its start, of all its threads, in user and kernel mode. */
  double processorSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException("the proxy has gone", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}
