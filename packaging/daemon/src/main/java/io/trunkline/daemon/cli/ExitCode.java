package io.trunkline.daemon.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a command ends with; the numbers of sysexits.h where there is one. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 69;
  static final int BAD_CONFIGURATION = 78;

  private ExitCode() {}

  static Map<String, String> described() {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put(" " + DONE, "done");
    codes.put(" " + FAILED, "the command failed; standard error has the reason");
    codes.put(" " + USAGE, "the command line is wrong");
    codes.put(String.valueOf(UNREACHABLE), "the daemon is not reachable");
    codes.put(String.valueOf(BAD_CONFIGURATION), "the configuration is bad");
    return codes;
  }
}
