/** Asks members for the verifiers of roles, so that this node can log in for its clients. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.auth;
