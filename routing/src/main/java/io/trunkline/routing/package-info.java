/**
 * The pure core: what is known of a cluster ({@link io.trunkline.routing.ClusterView}) becomes a
 * decision ({@link io.trunkline.routing.RoutingTable}) with its reasons. Nothing here reads a
 * clock, a file or a socket; time is an argument.
 */
@NullMarked
package io.trunkline.routing;

import org.jspecify.annotations.NullMarked;
