package io.trunkline.daemon.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Has Netty count the memory of its buffers itself, against a limit below that of the Java virtual
 * machine: Netty fails at once, while the virtual machine collects garbage and sleeps, up to half a
 * second each time, before it does. No event loop may wait like that.
 */
final class DirectMemory {
  private static final String NETTYS_LIMIT = "io.netty.maxDirectMemory";

  private DirectMemory() {}

  /** Sets the limit, unless it was given; before anything of Netty's is used. */
  static void limit() {
    if (System.getProperty(NETTYS_LIMIT) == null) {
      long most = most();
      System.setProperty(NETTYS_LIMIT, Long.toString(most - most / 8));
    }
  }

  /** Bytes; as large as the heap where it was not said. */
  private static long most() {
    long given =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    return given == 0 ? Runtime.getRuntime().maxMemory() : given;
  }
}
