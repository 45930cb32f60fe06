/** A model of PostgreSQL: timelines, promotion, commits, and the sessions of its protocol. */
@NullMarked
package io.trunkline.simulation.postgres;

import org.jspecify.annotations.NullMarked;
