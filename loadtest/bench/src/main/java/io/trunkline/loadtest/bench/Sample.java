package io.trunkline.loadtest.bench;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What one run of a load through one contender gave. */
record Sample(@JsonValue Map<Figure, Double> figures) {

  @JsonCreator
  Sample {
    figures = Map.copyOf(figures);
  }

  static Sample of(Figure figure, double value) {
    return new Sample(Map.of(figure, value));
  }

  Sample with(Figure figure, double value) {
    Map<Figure, Double> more = new EnumMap<>(Figure.class);
    more.putAll(figures);
    more.put(figure, value);
    return new Sample(more);
  }

  OptionalDouble get(Figure figure) {
    Double value = figures.get(figure);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The figures that this one has less of, or more, than that one; others are left as they are. */
  Sample minus(Sample other, Iterable<Figure> which) {
    Sample result = this;
    for (Figure figure : which) {
      if (figures.containsKey(figure) && other.figures.containsKey(figure)) {
        result = result.with(figure, figures.get(figure) - other.figures.get(figure));
      }
    }
    return result;
  }
}
