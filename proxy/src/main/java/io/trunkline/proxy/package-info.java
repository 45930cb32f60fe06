/**
 * The data path. {@link io.trunkline.proxy.Proxy} is the entrance; each package below it sees only
 * those before it: stats, relay, tls, admission, backend, cancel, session, listener.
 *
 * <p>One event loop owns a session; its backend is dialled on the client's loop.
 */
@NullMarked
package io.trunkline.proxy;

import org.jspecify.annotations.NullMarked;
