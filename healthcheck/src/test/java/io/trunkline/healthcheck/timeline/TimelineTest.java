package io.trunkline.healthcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.Event;
import io.trunkline.routing.TimelineMark.Regression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The high-water mark and the file that remembers it. */
class TimelineTest {
  @TempDir Path directory;
  private final List<Event> events = new ArrayList<>();
  private final Journal journal = new Journal("main", InstantSource.system(), events::add);
  private final TimelineTracker tracker = new TimelineTracker(journal);

  @Test
  void aLeaderBelowTheMarkIsARegressionUntilTheKeyReturns() {
    tracker.systemId("1");
    tracker.primary("b", 6, 0);
    tracker.leader("b", 6, _ -> true);
    assertThat(tracker.mark().regression()).isEmpty();
    tracker.leader("a", 5, _ -> true);
    tracker.leader("a", 5, _ -> true);
    assertThat(tracker.mark().regression()).contains(new Regression("a", 5));
    assertThat(tracker.mark().timeline()).isEqualTo(6);
    assertThat(tracker.mark().member()).contains("b");
    tracker.leader("b", 6, _ -> true);
    assertThat(tracker.mark().regression()).isEmpty();
    assertThat(names()).containsExactly("timeline_regression", "timeline_regression_cleared");
  }

  @Test
  void whoLosesTheKeyHasBeenSucceededAlsoAfterARestart() {
    tracker.systemId("1");
    tracker.keyGoesTo("b");
    tracker.primary("b", 6, 10);
    assertThat(tracker.mark().succeeded()).isFalse();
    tracker.keyGoesTo("a");
    assertThat(tracker.mark().succeeded()).isTrue();

    TimelineTracker restarted = new TimelineTracker(journal);
    restarted.restore(tracker.saved());
    assertThat(restarted.mark().succeeded()).isTrue();
    restarted.primary("b", 7, 0);
    assertThat(restarted.mark().succeeded()).as("promoted").isFalse();

    tracker.history(OptionalLong.of(8), 1);
    assertThat(tracker.mark().succeeded()).as("nobody is known to be on it").isFalse();
  }

  @Test
  void anOperatorAcceptsAMemberThatHasBeenSucceeded() {
    tracker.systemId("1");
    tracker.primary("b", 6, 0);
    tracker.keyGoesTo("a");
    tracker.accept(0);
    assertThat(tracker.mark().succeeded()).isFalse();
    assertThat(tracker.mark().member()).contains("b");
    assertThat(names()).containsExactly("timeline_accepted");
  }

  @Test
  void aRegressionIsAcceptedAlthoughTheKeyHasMovedOn() {
    tracker.systemId("1");
    tracker.primary("b", 6, 0);
    tracker.keyGoesTo("a");
    tracker.leader("a", 5, _ -> true);
    tracker.keyGoesTo("c");
    tracker.accept(0);
    assertThat(tracker.mark().member()).contains("a");
    assertThat(tracker.mark().succeeded()).isTrue();
  }

  @Test
  void aLeaderOnATimelineThatAnotherMemberBeganHasBranchedOff() {
    tracker.systemId("1");
    tracker.primary("b", 4, 0);
    tracker.leader("a", 4, _ -> true);
    assertThat(tracker.mark().regression()).contains(new Regression("a", 4));
    tracker.primary("a", 5, 0);
    tracker.leader("a", 5, _ -> true);
    assertThat(tracker.mark().regression()).isEmpty();
  }

  @Test
  void aRenamedMemberHasNotBranchedOff() {
    tracker.systemId("1");
    tracker.primary("b", 4, 0);
    tracker.leader("a", 4, name -> !name.equals("b"));
    assertThat(tracker.mark().regression()).isEmpty();
  }

  @Test
  void anOperatorsWordHoldsAgainstTheHistoryOfThatMoment() {
    tracker.systemId("1");
    tracker.history(OptionalLong.of(6), 100);
    tracker.leader("a", 5, _ -> true);
    tracker.accept(100);
    tracker.history(OptionalLong.of(6), 100);
    tracker.leader("a", 5, _ -> true);
    assertThat(tracker.mark().timeline()).isEqualTo(5);
    assertThat(tracker.mark().regression()).isEmpty();
    tracker.history(OptionalLong.of(7), 101);
    assertThat(tracker.mark().timeline()).isEqualTo(7);
    tracker.accept(100);
    assertThat(names()).containsExactly("timeline_regression", "timeline_accepted");
  }

  @Test
  void marksOfAnotherSystemDoNotCount() {
    tracker.primary("a", 3, 0);
    tracker.systemId("1");
    assertThat(tracker.mark().timeline()).isEqualTo(3);
    tracker.systemId("2");
    assertThat(tracker.mark().timeline()).isZero();
    tracker.leader("a", 1, _ -> true);
    assertThat(tracker.mark().regression()).isEmpty();
  }

  @Test
  void theFileRemembers() {
    TimelineFile file = new TimelineFile(directory.resolve("new"), "a/b", Runnable::run, journal);
    assertThat(file.read()).isEqualTo(TimelineTracker.Saved.NONE);
    TimelineTracker.Saved saved =
        new TimelineTracker.Saved("1", 6, Optional.of("b"), 9, Optional.of("c"));
    file.write(saved);
    assertThat(file.read()).isEqualTo(saved);
    assertThat(directory.resolve("new/a_b.timeline")).exists();
    assertThat(events).isEmpty();
  }

  @Test
  void anUnusableFileIsToldOnceAndNothingElse() throws IOException {
    Path occupied = Files.writeString(directory.resolve("occupied"), "x");
    TimelineFile file = new TimelineFile(occupied, "main", Runnable::run, journal);
    file.write(new TimelineTracker.Saved("1", 6, Optional.empty(), 0, Optional.empty()));
    file.write(new TimelineTracker.Saved("1", 7, Optional.empty(), 0, Optional.empty()));
    assertThat(file.read()).isEqualTo(TimelineTracker.Saved.NONE);
    assertThat(names()).containsExactly("timeline_file_failed");
    Files.writeString(directory.resolve("main.timeline"), "junk");
    assertThat(new TimelineFile(directory, "main", Runnable::run, journal).read())
        .isEqualTo(TimelineTracker.Saved.NONE);
  }

  /** A false answer that an earlier version took for the truth. */
  @Test
  void aTimelineThatCannotBeIsForgotten() throws IOException {
    Files.writeString(
        directory.resolve("main.timeline"),
        "{\"system_id\":\"1\",\"timeline\":9000000000000000000,\"member\":\"pg2\"}");
    assertThat(new TimelineFile(directory, "main", Runnable::run, journal).read())
        .isEqualTo(TimelineTracker.Saved.NONE);
    assertThat(names()).containsExactly("timeline_file_failed");
  }

  @Test
  void whatCouldNotBeWrittenIsToldOnceAndTriedAgain() throws IOException {
    Path occupied = Files.writeString(directory.resolve("occupied"), "x");
    TimelineFile file = new TimelineFile(occupied, "main", Runnable::run, journal);
    TimelineTracker.Saved latest =
        new TimelineTracker.Saved("1", 7, Optional.empty(), 0, Optional.empty());
    file.write(new TimelineTracker.Saved("1", 6, Optional.empty(), 0, Optional.empty()));
    file.write(latest);
    file.retry();
    assertThat(names()).containsExactly("timeline_file_failed");
    Files.delete(occupied);
    file.retry();
    file.retry();
    assertThat(file.read()).isEqualTo(latest);
    assertThat(names()).containsExactly("timeline_file_failed", "timeline_file_written");
  }

  private List<String> names() {
    return events.stream().map(Event::label).toList();
  }
}
