/**
 * Proxies beside each other on loopback, in interleaved rounds, with the processor time of each.
 */
@NullMarked
package io.trunkline.loadtest.bench;

import org.jspecify.annotations.NullMarked;
