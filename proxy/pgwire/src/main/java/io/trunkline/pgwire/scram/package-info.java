/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS without a password (RFC 5802, RFC 7677, RFC 5929): as server
 * with a role's verifier, and as client with the key that a client's proof reveals.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.pgwire.scram;
