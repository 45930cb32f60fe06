/** Simulated time: a scheduler, clocks, processes, and event loops of Netty's. */
@NullMarked
package io.trunkline.simulation.time;

import org.jspecify.annotations.NullMarked;
