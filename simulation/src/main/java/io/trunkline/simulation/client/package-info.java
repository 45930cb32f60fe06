/** Applications that connect and commit. */
@NullMarked
package io.trunkline.simulation.client;

import org.jspecify.annotations.NullMarked;
