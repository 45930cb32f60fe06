package io.trunkline.loadtest.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDirectoryTest {
  @TempDir Path directory;

  @Test
  void oneOfALivingLabIsNotAbandoned() throws IOException {
    own(Owner.self());

    assertThat(HostDirectory.abandoned(directory)).isFalse();
  }

  @Test
  void oneOfADeadLabIs() throws IOException {
    own(new Owner(1L << 40, 0));

    assertThat(HostDirectory.abandoned(directory)).isTrue();
  }

  @Test
  void oneThatIsJustBeingMadeHasNoOwnerYet() throws IOException {
    assertThat(HostDirectory.abandoned(directory)).isFalse();

    Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
    assertThat(HostDirectory.abandoned(directory)).isTrue();
  }

  private void own(Owner owner) throws IOException {
    Files.writeString(directory.resolve("owner"), owner.toString());
  }
}
