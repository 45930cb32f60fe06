package io.trunkline.loadtest.bench;

import java.util.Map;

/**
 * A way to PostgreSQL.
 *
 * @param port on loopback
 * @param environment of its clients: {@code PGSSLMODE} and the like
 * @param proxy the process that its bytes go through
 */
record Contender(String name, int port, Map<String, String> environment, Daemon proxy) {}
