/** A cluster under load for hours, faults drawn from a seed, and a check of all that happened. */
@NullMarked
package io.trunkline.loadtest.soak;

import org.jspecify.annotations.NullMarked;
