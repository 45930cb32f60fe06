/**
 * What a session has become at its member, and how it is made the same at another: PostgreSQL is
 * asked, and only what it cannot be asked for is looked for in the texts of statements.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.pgwire.state;
