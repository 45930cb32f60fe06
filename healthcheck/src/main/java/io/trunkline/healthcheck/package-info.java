/**
 * Observes clusters: etcd's keys are read and watched, members' REST APIs are asked, and what
 * sessions see is heard. The outcome is a stream of immutable {@link
 * io.trunkline.routing.ClusterView}s with a single writer.
 *
 * <p>{@link io.trunkline.healthcheck.ClusterObserver} is the entrance. One event loop per cluster
 * owns all its state: there are no locks, and nothing on that loop blocks.
 */
@NullMarked
package io.trunkline.healthcheck;

import org.jspecify.annotations.NullMarked;
