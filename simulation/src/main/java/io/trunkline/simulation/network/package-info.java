/** The simulated network, and Netty's sockets on it. */
@NullMarked
package io.trunkline.simulation.network;

import org.jspecify.annotations.NullMarked;
