package io.trunkline.vip.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** SCHED_IDLE (man 7 sched): a thread runs when no other wants the processor. */
public final class IdlePriority {
  private static final int SCHED_IDLE = 5;

  private IdlePriority() {}

  /**
   * Lets every other thread of the machine run before the calling one. It takes no privilege.
   *
   * @throws LinuxException if the kernel does not permit it
   */
  public static void claim() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
      int result = new Libc(arena).schedSetscheduler(SCHED_IDLE, parameters);
      if (result < 0) {
        throw LinuxException.of("run a thread with the priority SCHED_IDLE", -result);
      }
    }
  }
}
