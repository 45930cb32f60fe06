package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.util.List;

/** A part of the benchmark that can be asked for by its name. */
interface Case {
  String name();

  List<Row> run(Field field) throws IOException, InterruptedException;
}
