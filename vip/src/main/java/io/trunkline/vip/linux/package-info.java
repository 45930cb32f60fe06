/**
 * What a virtual router needs of Linux, through {@link java.lang.foreign}: raw sockets for VRRP,
 * packet sockets for gratuitous ARP and neighbour advertisements, rtnetlink for addresses and
 * links, and one ppoll to wait for all of them.
 *
 * <p>Everything here belongs to one thread. Native memory is allocated when a socket is opened;
 * sending and receiving allocate nothing.
 */
@NullMarked
package io.trunkline.vip.linux;

import org.jspecify.annotations.NullMarked;
