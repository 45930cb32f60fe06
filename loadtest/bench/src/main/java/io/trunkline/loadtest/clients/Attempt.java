package io.trunkline.loadtest.clients;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client program.
 *
 * @param id counts the attempts; of a writer also the row's id
 * @param session counts the connections that the client had opened or tried to open
 * @param failure null when the server acknowledged it
 */
record Attempt(long id, long session, Instant start, Instant end, @Nullable Failure failure) {
  boolean ok() {
    return failure == null;
  }
}
