/** A proxy node: Trunkline's own code on simulated machines. */
@NullMarked
package io.trunkline.simulation.node;

import org.jspecify.annotations.NullMarked;
