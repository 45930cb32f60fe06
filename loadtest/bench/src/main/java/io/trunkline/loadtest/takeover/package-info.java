/**
 * How a virtual address moves, as machines on its network see it: probes that run in machines of
 * their own, what is done to the node that has the address, and the same for keepalived.
 */
@NullMarked
package io.trunkline.loadtest.takeover;

import org.jspecify.annotations.NullMarked;
