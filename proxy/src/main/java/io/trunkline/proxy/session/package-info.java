/** A session from the client's connection to its end, and the event loops that own sessions. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.session;
