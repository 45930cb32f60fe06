/**
 * A new process takes over from the one that runs: listening sockets and VIPs go to the new one at
 * once, sessions stay with the old one until they end.
 */
@NullMarked
package io.trunkline.daemon.upgrade;

import org.jspecify.annotations.NullMarked;
