package io.trunkline.vip.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class IdlePriorityTest {
  /** Field 41 of proc_pid_stat(5), counted from what follows the name. */
  private static final int POLICY = 38;

  private static int policy() throws Exception {
    String line = Files.readString(Path.of("/proc/thread-self/stat"));
    return Integer.parseInt(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[POLICY]);
  }

  @Test
  void theThreadThatClaimsItHasItAndNoOther() throws Exception {
    FutureTask<Integer> claimed =
        new FutureTask<>(
            () -> {
              IdlePriority.claim();
              return policy();
            });
    Thread.ofPlatform().start(claimed);
    assertThat(claimed.get()).isEqualTo(5);
    assertThat(policy()).isNotEqualTo(5);
  }
}
