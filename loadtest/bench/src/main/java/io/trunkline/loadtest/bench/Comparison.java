package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.verdict.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two runs of the benchmark. What is compared are ratios to the best HAProxy of the same run, so
 * that a machine that is slower today is no regression.
 */
record Comparison(Results before, Results now) {
  private static final double NOTABLE = 0.05;

  /**
   * @param worse by how much, as a share of what it was; negative is better
   */
  record Change(String row, Way way, Figure figure, Spread before, Spread now, double worse) {

    String text() {
      return String.format(
          Locale.ROOT,
          "%s, %s, %s: %s, was %s",
          row,
          way.title(),
          figure.title(),
          now.text(2),
          before.text(2));
    }
  }

  /** Every ratio whose median left the other run's spread, by more than noise. */
  List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    for (Row row : now.rows()) {
      Optional<Row> old = before.row(row.id());
      if (old.isPresent()) {
        for (Way way : row.samples().keySet()) {
          if (way.trunkline()) {
            row.figures()
                .forEach(figure -> change(old.get(), row, way, figure).ifPresent(changes::add));
          }
        }
      }
    }
    return changes;
  }

  String text() {
    List<String> worse = new ArrayList<>();
    List<String> better = new ArrayList<>();
    changes().forEach(it -> (it.worse() > 0 ? worse : better).add("- " + it.text()));
    return """
    ### Against commit %s

    Ratios to the best HAProxy whose median is now outside of what it was from least to most, by %.0f %% \
    or more.

    Worse: %s

    Better: %s

    """
        .formatted(before.commit(), NOTABLE * 100, list(worse), list(better));
  }

  private static String list(List<String> lines) {
    return lines.isEmpty() ? "none." : "\n\n" + String.join("\n", lines);
  }

  private static Optional<Change> change(Row old, Row row, Way way, Figure figure) {
    Optional<Spread> was = old.bestHaproxy(figure).flatMap(best -> old.ratio(way, best, figure));
    Optional<Spread> is = row.bestHaproxy(figure).flatMap(best -> row.ratio(way, best, figure));
    if (was.isEmpty() || is.isEmpty()) {
      return Optional.empty();
    }
    double median = is.get().median();
    double share = (median - was.get().median()) / was.get().median();
    boolean outside = median < was.get().least() || median > was.get().most();
    double worse = figure.moreIsBetter() ? -share : share;
    return outside && Math.abs(share) >= NOTABLE
        ? Optional.of(new Change(row.title(), way, figure, was.get(), is.get(), worse))
        : Optional.empty();
  }
}
