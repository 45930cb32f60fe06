/** A model of Patroni: its loop, its keys, its REST API. */
@NullMarked
package io.trunkline.simulation.patroni;

import org.jspecify.annotations.NullMarked;
