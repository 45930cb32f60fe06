package io.trunkline.daemon.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether standard error goes to journald: {@code JOURNAL_STREAM} of systemd.exec(5). */
final class Journal {
  private Journal() {}

  static boolean isStandardError(Map<String, String> environment) {
    return is(environment, Path.of("/proc/self/fd/2"));
  }

  static boolean is(Map<String, String> environment, Path stream) {
    String expected = environment.get("JOURNAL_STREAM");
    if (expected == null) {
      return false;
    }
    try {
      Map<String, Object> stat = Files.readAttributes(stream, "unix:dev,ino");
      return expected.equals(stat.get("dev") + ":" + stat.get("ino"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
