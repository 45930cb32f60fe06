package io.trunkline.loadtest.takeover;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Arithmetic on moments, which are microseconds of Unix time. */
final class Timeline {
  private Timeline() {}

  /** From the first to the last moment of something that went on. */
  record Span(long from, long to) {
    long length() {
      return to - from;
    }
  }

  /**
   * The longest time without a success, between the last one before {@code from} (or {@code from},
   * if {@code fresh}: what was before does not count) and {@code to}.
   *
   * @param moments ascending
   */
  static Span longestGap(List<Long> moments, long from, long to, boolean fresh) {
    long last = from;
    Span longest = new Span(from, from);
    for (long moment : moments) {
      if (moment < from) {
        last = fresh ? from : moment;
      } else if (moment <= to) {
        longest = longer(longest, new Span(last, moment));
        last = moment;
      }
    }
    return longer(longest, new Span(last, Math.max(last, to)));
  }

  /** The moments as spans: one ends where the next moment is further away than {@code most}. */
  static List<Span> spans(List<Long> moments, long most) {
    List<Span> spans = new ArrayList<>();
    for (long moment : moments) {
      if (!spans.isEmpty() && moment - spans.getLast().to() <= most) {
        spans.set(spans.size() - 1, new Span(spans.getLast().from(), moment));
      } else {
        spans.add(new Span(moment, moment));
      }
    }
    return spans;
  }

  /** The longest time during which two of these went on at once; 0: never. */
  static long longestOverlap(Collection<List<Span>> owners) {
    List<List<Span>> all = List.copyOf(owners);
    long longest = 0;
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        for (Span a : all.get(i)) {
          for (Span b : all.get(j)) {
            long overlap = Math.min(a.to(), b.to()) - Math.max(a.from(), b.from());
            longest = Math.max(longest, overlap);
          }
        }
      }
    }
    return longest;
  }

  private static Span longer(Span a, Span b) {
    return b.length() > a.length() ? b : a;
  }
}
