package io.trunkline.daemon.warmup;

import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.scram.ScramError;
import io.trunkline.vip.linux.IdlePriority;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Threads for those who are scripted; each ends with its connection. They run only when nobody else
 * wants a processor, so the load that they make takes nothing from others.
 */
final class Scripts {
  private Scripts() {}

  /** What a connection does. Its end, whoever ends it, is the end of the thread. */
  @FunctionalInterface
  interface Script {
    void run() throws IOException, ProtocolError, ScramError;
  }

  static void start(String name, Script script) {
    Thread.ofPlatform().name(name).daemon().start(() -> run(script));
  }

  private static void run(Script script) {
    try {
      IdlePriority.claim();
      script.run();
    } catch (IOException | UncheckedIOException | ProtocolError | ScramError e) {
      // The connection is over, and who waits for it has seen that.
    }
  }
}
