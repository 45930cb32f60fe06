/**
 * The Virtual Router Redundancy Protocol as a pure machine: RFC 9568 (version 3) and RFC 3768
 * (version 2 with the simple password authentication of RFC 2338 that keepalived calls PASS).
 *
 * <p>Nothing here opens a socket or reads a clock. {@link io.trunkline.vip.vrrp.VrrpState#on} takes
 * a state, an event and the time, and returns the next state and what is to be done; {@link
 * io.trunkline.vip.vrrp.VrrpCodec} turns advertisements into bytes and back.
 *
 * <p>The words are RFC 3768's, which keepalived and its users share: where RFC 9568 says Active
 * Router, this code says master.
 */
@NullMarked
package io.trunkline.vip.vrrp;

import org.jspecify.annotations.NullMarked;
