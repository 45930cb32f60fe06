/**
 * Virtual addresses that are always somewhere: {@link io.trunkline.vip.VipService} is the way in.
 *
 * <p>{@link io.trunkline.vip.vrrp} decides, {@link io.trunkline.vip.linux} does, and this package
 * joins the two on one thread.
 */
@NullMarked
package io.trunkline.vip;

import org.jspecify.annotations.NullMarked;
