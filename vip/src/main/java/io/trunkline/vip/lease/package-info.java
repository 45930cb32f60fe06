/**
 * One holder among several nodes by a lease in etcd: a pure machine that asks and is answered. Its
 * result is a {@link io.trunkline.vip.claim.Claim}.
 *
 * <p>Keys, all bound to the lease of the node that wrote them:
 *
 * <pre>
 *   .../holder             the name of the node that has the addresses
 *   .../candidates/NODE    serving, or idle
 * </pre>
 */
@NullMarked
package io.trunkline.vip.lease;

import org.jspecify.annotations.NullMarked;
