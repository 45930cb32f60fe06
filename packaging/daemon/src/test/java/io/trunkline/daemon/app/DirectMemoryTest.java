package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DirectMemoryTest {
  /** Takes all there is, in a Java virtual machine of its own. */
  public static void main(String[] args) {
    DirectMemory.limit();
    System.out.println(PlatformDependent.maxDirectMemory());
    long collections = collections();
    try {
      while (true) {
        var _ = ByteBufAllocator.DEFAULT.directBuffer(64 * 1024);
      }
    } catch (OutOfMemoryError e) {
      System.out.println(e.getClass().getSimpleName());
      System.out.println(collections() - collections + " collections");
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  @Test
  void nettyFailsAtOnceAndBelowTheLimitOfTheVirtualMachine() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.leakDetection.level=disabled",
                "-cp",
                System.getProperty("java.class.path"),
                DirectMemoryTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.lines())
        .containsExactly(Long.toString(56L << 20), "OutOfDirectMemoryError", "0 collections");
  }
}
