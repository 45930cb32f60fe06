package io.trunkline.loadtest.workload;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client.
 *
 * @param id counts the attempts of this client; for a writer also the row's id
 * @param session counts the connections of this client; 0 when there has been none
 * @param statementStart when the statement was sent; null when there was no session to send it on
 * @param server the address of the PostgreSQL server that answered, as that server sees it
 * @param replayLag how far a replica was behind, where a reader asked one
 */
public record Sample(
    long id,
    long session,
    Instant start,
    @Nullable Instant statementStart,
    Instant end,
    Outcome outcome,
    @Nullable String server,
    @Nullable Duration replayLag,
    @Nullable String sqlState,
    @Nullable String error) {

  public boolean acknowledged() {
    return outcome == Outcome.ACKNOWLEDGED;
  }
}
