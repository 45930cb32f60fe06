/** What is promised, checked at every step. */
@NullMarked
package io.trunkline.simulation.invariant;

import org.jspecify.annotations.NullMarked;
