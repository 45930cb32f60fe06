/**
 * PostgreSQL's frontend/backend protocol, as far as a proxy needs it (PostgreSQL docs: "Frontend/
 * Backend Protocol"): what a connection is opened with, where messages begin and end, what a
 * session has become, errors.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.pgwire;
