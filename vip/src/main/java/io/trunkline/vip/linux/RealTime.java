package io.trunkline.vip.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The real-time priority of a thread (man 7 sched). */
public final class RealTime {
  private static final int SCHED_RR = 2;

  /** What this thread starts does not inherit it. */
  private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

  private RealTime() {}

  /**
   * Lets the calling thread run before every thread without a real-time priority.
   *
   * @param priority 1 to 99
   * @throws LinuxException if the kernel does not permit it: it takes CAP_SYS_NICE or RLIMIT_RTPRIO
   */
  public static void claim(int priority) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocateFrom(ValueLayout.JAVA_INT, priority);
      int result = new Libc(arena).schedSetscheduler(SCHED_RR | SCHED_RESET_ON_FORK, parameters);
      if (result < 0) {
        throw LinuxException.of("run VRRP with the real-time priority " + priority, -result);
      }
    }
  }
}
