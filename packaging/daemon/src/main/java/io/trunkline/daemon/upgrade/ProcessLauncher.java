package io.trunkline.daemon.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts the program that is installed now as a process of its own: not a child of this one, so
 * that systemd is the one who notices its end.
 */
final class ProcessLauncher {
  /** Where the new process finds the one that it succeeds. */
  static final String SUCCEEDS = "TRUNKLINE_SUCCEEDS";

  /** What is said of a new process that is gone, however soon that is seen. */
  static final String ENDED = "it ended before it was ready: its log says why";

  /** Standard input from nowhere, all output to where this process logs. */
  private static final String ORPHAN = "\"$@\" </dev/null >&2 & echo $!";

  private ProcessLauncher() {}

  /**
   * Opens every file that this program may still need, so that another version can be installed
   * over them: one that is open stays as it was.
   */
  static void keepProgramOpen() {
    // Whoever looks for what is nowhere opens every jar.
    ClassLoader.getSystemResource("nowhere");
  }

  /**
   * Starts it.
   *
   * @param command the program and its arguments
   * @param socket where this process waits for it
   */
  static ProcessHandle start(List<String> command, Path socket) throws IOException {
    // The runtime's own helper for this may be another version's by now.
    System.setProperty("jdk.lang.Process.launchMechanism", "FORK");
    List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", ORPHAN, "sh"));
    shell.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(shell).redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    environment.put(SUCCEEDS, socket.toString());
    // It names the process that systemd started.
    environment.remove("WATCHDOG_PID");
    Process parent = builder.start();
    String number;
    try (var out = parent.getInputStream()) {
      number = new String(out.readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
    if (!number.matches("\\d+")) {
      throw new IOException(command.getFirst() + " could not be started");
    }
    return ProcessHandle.of(Long.parseLong(number)).orElseThrow(() -> new IOException(ENDED));
  }
}
