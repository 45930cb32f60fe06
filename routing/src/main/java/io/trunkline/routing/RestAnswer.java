package io.trunkline.routing;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * The last well-formed answer of a member's Patroni REST API ({@code GET /primary}: status and body
 * of {@code GET /patroni}).
 *
 * @param askedAt when the question was sent: the answer says nothing about what came before
 * @param at when the last byte of the answer came
 * @param holdsLock the status was 200: the member holds the leader lock by its own clock
 * @param role from {@code pg_is_in_recovery()} where PostgreSQL could be asked
 * @param state PostgreSQL's state in Patroni's words
 * @param timeline PostgreSQL timeline
 * @param lsn WAL position in bytes: written on a primary, replayed (or else received) on a replica
 * @param streaming false when the replica does not stream; true when it does, or when it is not
 *     known
 * @param tags Patroni tags
 * @param pause the cluster is in maintenance mode
 */
public record RestAnswer(
    Instant askedAt,
    Instant at,
    boolean holdsLock,
    Role role,
    String state,
    OptionalLong timeline,
    OptionalLong lsn,
    boolean streaming,
    Tags tags,
    boolean pause) {

  /** PostgreSQL is up, or Patroni could not ask it just now. */
  public boolean running() {
    return state.equals("running") || state.equals("unknown") || state.equals("streaming");
  }
}
