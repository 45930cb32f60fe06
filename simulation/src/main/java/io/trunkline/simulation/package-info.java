/**
 * A deterministic simulation of clusters, proxy nodes and clients in one thread: models of etcd,
 * Patroni and PostgreSQL, and Trunkline's own code, in simulated time. See {@code
 * docs/reliability.md}.
 */
@NullMarked
package io.trunkline.simulation;

import org.jspecify.annotations.NullMarked;
