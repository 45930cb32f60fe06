/** A model of etcd: keys, leases, watches, members that lead or do not. */
@NullMarked
package io.trunkline.simulation.etcd;

import org.jspecify.annotations.NullMarked;
