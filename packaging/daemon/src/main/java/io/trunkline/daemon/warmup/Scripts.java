package io.trunkline.daemon.warmup;

import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.scram.ScramError;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Threads for those who are scripted; each ends with its connection. */
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
      script.run();
    } catch (IOException | UncheckedIOException | ProtocolError | ScramError e) {
      // The connection is over; who waits for it has seen that.
    }
  }
}
