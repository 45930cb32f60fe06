package io.trunkline.config;

/**
 * How many connections a listener takes. A client past a limit gets FATAL 53300.
 *
 * @param maxConnections of the listener as a whole; default 10 000
 * @param maxConnectionsPerBackend to one member; default 10 000
 * @param maxConnectionsPerAddress from one client address; default 10 000
 */
public record LimitsConfig(
    int maxConnections, int maxConnectionsPerBackend, int maxConnectionsPerAddress) {}
