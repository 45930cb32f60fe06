package io.trunkline.loadtest.lab;

import java.time.Instant;

/**
 * A time in which a member accepted writes, by its own log. After a crash the log does not tell
 * when it ended: then it counts until PostgreSQL was started again.
 *
 * @param until {@link Instant#MAX} while it lasts
 */
public record Tenure(String member, Instant from, Instant until) {}
