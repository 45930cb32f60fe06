/**
 * Real clusters in containers: three nodes of etcd, Patroni and PostgreSQL, and proxies in front.
 *
 * <p>A {@link io.trunkline.loadtest.lab.Lab} is built from {@link
 * io.trunkline.loadtest.lab.LabOptions}, broken through {@link io.trunkline.loadtest.lab.Node} and
 * {@link io.trunkline.loadtest.lab.Faults}, and made whole again by {@code heal()}. What truly
 * happened, and when, is read from the members themselves: {@link
 * io.trunkline.loadtest.lab.GroundTruth}.
 */
@NullMarked
package io.trunkline.loadtest.lab;

import org.jspecify.annotations.NullMarked;
