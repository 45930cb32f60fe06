/** How VRRP keeps its time while the daemon is busy: two nodes in network namespaces, no Docker. */
@NullMarked
package io.trunkline.loadtest.vip;

import org.jspecify.annotations.NullMarked;
