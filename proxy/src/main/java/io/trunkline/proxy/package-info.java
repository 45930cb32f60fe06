/**
 * The data path: listeners, the opening of a connection, sessions between a client and a member,
 * and their endings.
 *
 * <p>One event loop owns a session; its backend is dialled on the client's loop.
 */
@NullMarked
package io.trunkline.proxy;

import org.jspecify.annotations.NullMarked;
