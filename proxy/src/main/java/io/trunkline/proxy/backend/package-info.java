/**
 * The connection to a member: choosing one, the queue for its logins, TLS with it, and relaying.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.backend;
