package io.trunkline.loadtest.bench;

import java.io.IOException;

/** What is done to a contender, for a while. */
interface Load {
  Sample run(Contender contender, double seconds) throws IOException, InterruptedException;
}
