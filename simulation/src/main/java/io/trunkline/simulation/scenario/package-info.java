/** Plans of faults, their simulation, and what is left of one that fails. */
@NullMarked
package io.trunkline.simulation.scenario;

import org.jspecify.annotations.NullMarked;
