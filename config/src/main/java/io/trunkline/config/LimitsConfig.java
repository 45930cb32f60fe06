package io.trunkline.config;

import java.util.OptionalInt;

/**
 * How many connections a listener takes. A client past a limit gets FATAL 53300.
 *
 * @param connectionRate empty: any number
 * @param connectionRatePerAddress empty: any number
 */
public record LimitsConfig(
    int maxConnections,
    int maxConnectionsPerBackend,
    int maxConnectionsPerAddress,
    OptionalInt connectionRate,
    OptionalInt connectionRatePerAddress,
    int maxStartupSize) {
  /** PostgreSQL's own limit (MAX_STARTUP_PACKET_LENGTH). */
  public static final int LARGEST_STARTUP = 10_004;
}
