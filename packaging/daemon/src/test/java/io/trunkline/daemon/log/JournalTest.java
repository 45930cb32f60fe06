package io.trunkline.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path directory;

  @Test
  void isTheStreamThatSystemdNames() throws IOException {
    Path stream = Files.createFile(directory.resolve("stream"));
    Map<String, Object> stat = Files.readAttributes(stream, "unix:dev,ino");
    String name = stat.get("dev") + ":" + stat.get("ino");
    assertThat(Journal.is(Map.of("JOURNAL_STREAM", name), stream)).isTrue();
    assertThat(Journal.is(Map.of("JOURNAL_STREAM", "1:1"), stream)).isFalse();
    assertThat(Journal.is(Map.of(), stream)).isFalse();
    assertThat(Journal.is(Map.of("JOURNAL_STREAM", name), directory.resolve("none"))).isFalse();
  }
}
