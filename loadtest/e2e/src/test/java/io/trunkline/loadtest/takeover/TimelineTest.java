package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.takeover.Timeline.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

  @Test
  void theGapBeginsWithTheLastSuccessBeforeTheBlow() {
    List<Long> moments = List.of(10L, 20L, 95L, 100L);
    assertThat(Timeline.longestGap(moments, 30, 100, false)).isEqualTo(new Span(20, 95));
  }

  @Test
  void orWithTheMomentItselfWhereWhatWasBeforeDoesNotCount() {
    List<Long> moments = List.of(10L, 95L, 100L);
    assertThat(Timeline.longestGap(moments, 30, 100, true)).isEqualTo(new Span(30, 95));
  }

  @Test
  void whatDoesNotComeBackIsAGapToTheEnd() {
    assertThat(Timeline.longestGap(List.of(10L, 35L), 30, 100, false)).isEqualTo(new Span(35, 100));
    assertThat(Timeline.longestGap(List.of(), 30, 100, false)).isEqualTo(new Span(30, 100));
  }

  @Test
  void theLongestOfSeveralGapsCounts() {
    List<Long> moments = List.of(30L, 40L, 70L, 80L, 100L);
    assertThat(Timeline.longestGap(moments, 30, 100, false)).isEqualTo(new Span(40, 70));
  }

  @Test
  void momentsThatAreFarApartAreOfDifferentSpans() {
    assertThat(Timeline.spans(List.of(1L, 3L, 5L, 20L), 2))
        .containsExactly(new Span(1, 5), new Span(20, 20));
  }

  @Test
  void theLongestOverlapOfAnyTwoOwnersCounts() {
    List<Span> first = List.of(new Span(0, 10), new Span(50, 60));
    List<Span> second = List.of(new Span(8, 52));
    List<Span> third = List.of(new Span(45, 49));
    assertThat(Timeline.longestOverlap(List.of(first, second, third))).isEqualTo(4);
    assertThat(Timeline.longestOverlap(List.of(first, third))).isZero();
    assertThat(Timeline.longestOverlap(List.of(first))).isZero();
  }
}
