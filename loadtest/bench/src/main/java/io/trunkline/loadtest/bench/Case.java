package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.util.List;

/** A part of the benchmark that can be asked for by its name. */
interface Case {
  String name();

  /** Whether {@code QUICK=1} has time for it when it is not asked for by name. */
  default boolean quick() {
    return true;
  }

  List<Row> run(Field field) throws IOException, InterruptedException;
}
