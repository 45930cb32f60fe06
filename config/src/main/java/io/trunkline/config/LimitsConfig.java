package io.trunkline.config;

import java.util.OptionalInt;

/**
 * How many connections a listener takes. A client past a limit gets FATAL 53300.
 *
 * @param maxConnections of the listener as a whole; default 10 000
 * @param maxConnectionsPerBackend to one member; default 10 000
 * @param maxConnectionsPerAddress from one client address; default 10 000
 * @param connectionRate new connections per second, of the listener as a whole; empty: any number
 * @param connectionRatePerAddress new connections per second from one client address; empty: any
 *     number
 * @param maxStartupSize of a startup packet, in bytes, 8 to 10 004; default 10 004, as PostgreSQL
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

  /** Without rates, and startup packets as PostgreSQL takes them. */
  public LimitsConfig(
      int maxConnections, int maxConnectionsPerBackend, int maxConnectionsPerAddress) {
    this(
        maxConnections,
        maxConnectionsPerBackend,
        maxConnectionsPerAddress,
        OptionalInt.empty(),
        OptionalInt.empty(),
        LARGEST_STARTUP);
  }
}
