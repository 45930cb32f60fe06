/**
 * Virtual addresses that are always somewhere: {@link io.trunkline.vip.VipService} is the way in.
 *
 * <p>{@link io.trunkline.vip.vrrp}, or {@link io.trunkline.vip.claim} with {@link
 * io.trunkline.vip.lease}, decides; {@link io.trunkline.vip.linux} does; and this package joins
 * them on one thread.
 */
@NullMarked
package io.trunkline.vip;

import org.jspecify.annotations.NullMarked;
