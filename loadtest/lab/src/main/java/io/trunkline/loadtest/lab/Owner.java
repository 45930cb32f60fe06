package io.trunkline.loadtest.lab;

import java.time.Instant;

/**
 * The JVM that a container, a network or a directory belongs to: its leftovers may go when it is
 * dead. A pid alone would be taken over by another process sooner or later.
 */
record Owner(long pid, long started) {
  static final String LABEL = "io.trunkline.lab.owner";

  static Owner self() {
    return of(ProcessHandle.current());
  }

  static Owner parse(String text) {
    int at = text.indexOf('@');
    return new Owner(Long.parseLong(text, 0, at, 10), Long.parseLong(text.substring(at + 1)));
  }

  boolean alive() {
    return ProcessHandle.of(pid).filter(p -> of(p).started == started).isPresent();
  }

  private static Owner of(ProcessHandle process) {
    long started = process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
    return new Owner(process.pid(), started);
  }

  @Override
  public String toString() {
    return pid + "@" + started;
  }
}
