/**
 * VIPs on the real kernel: nodes are child JVMs in network namespaces on one bridge. Needs root,
 * iproute2, tcpdump and keepalived ({@code vip/prepare.sh}).
 */
@NullMarked
package io.trunkline.vip.kernel;

import org.jspecify.annotations.NullMarked;
