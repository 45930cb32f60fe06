package io.trunkline.healthcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.healthcheck.Facts;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The file with the timeline mark: it is understood, and kept as it is, or said to be unusable. */
public final class TimelineFuzz {
  private static final Path DIRECTORY = directory();

  private TimelineFuzz() {}

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("timeline-fuzz");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path file = DIRECTORY.resolve("main.timeline");
    file.toFile().deleteOnExit();
    try {
      Files.write(file, input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Event> events = new ArrayList<>();
    TimelineTracker.Saved saved = file(events).read();
    if (!events.isEmpty()) {
      assertThat(events).hasSize(1);
      Facts.reason(events.getFirst().fields().getOrDefault("reason", ""));
      assertThat(saved).isEqualTo(TimelineTracker.Saved.NONE);
      return;
    }
    Facts.timeline(OptionalLong.of(saved.timeline()));
    assertThat(saved.acceptedHistory()).isNotNegative();
    file(events).write(saved);
    assertThat(file(events).read()).isEqualTo(saved);
    assertThat(events).isEmpty();
  }

  private static TimelineFile file(List<Event> events) {
    Journal journal = new Journal("main", InstantSource.system(), events::add);
    return new TimelineFile(DIRECTORY, "main", Runnable::run, journal);
  }
}
