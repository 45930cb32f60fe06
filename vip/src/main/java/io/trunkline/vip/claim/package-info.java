/**
 * Holding addresses by a claim that ends by itself: a pure machine. Who grants the claim, a lease
 * in etcd or Patroni's leader key, is another matter.
 */
@NullMarked
package io.trunkline.vip.claim;

import org.jspecify.annotations.NullMarked;
