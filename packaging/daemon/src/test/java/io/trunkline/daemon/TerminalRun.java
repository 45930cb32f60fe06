package io.trunkline.daemon;

import io.trunkline.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A command on a terminal of its own, which script(1) makes. */
final class TerminalRun implements AutoCloseable {
  private static final int CTRL_C = 3;

  private final Process process;
  private final StringBuilder screen = new StringBuilder();
  private final Thread reader;

  TerminalRun(Map<String, String> environment, String command) throws IOException {
    ProcessBuilder builder =
        // Who runs tests in the background has SIGINT ignored, and so would the command.
        new ProcessBuilder("env", "--default-signal=INT", "script", "-qefc", command, "/dev/null")
            .redirectErrorStream(true);
    builder.environment().put("TERM", "xterm");
    builder.environment().putAll(environment);
    process = builder.start();
    reader = Thread.ofVirtual().start(() -> read(process.getInputStream()));
  }

  private void read(InputStream out) {
    byte[] some = new byte[8_192];
    try {
      for (int n = out.read(some); n >= 0; n = out.read(some)) {
        synchronized (screen) {
          screen.append(new String(some, 0, n, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // It has been ended.
    }
  }

  /** All that was written so far, escape sequences and all. */
  String screen() {
    synchronized (screen) {
      return screen.toString();
    }
  }

  /** Waits until that has been written after what was there at the mark. */
  void awaitAfter(int mark, String text) throws InterruptedException {
    Await.until(() -> screen().indexOf(text, mark) >= 0);
  }

  /** Ctrl-C, and all that was written when the command has ended. */
  String interrupt() throws IOException, InterruptedException {
    process.getOutputStream().write(CTRL_C);
    process.getOutputStream().flush();
    process.waitFor();
    reader.join();
    return screen();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
