/** What {@code /api/v1/status} says, as records: the schema is the contract of docs/cli.md. */
@NullMarked
package io.trunkline.daemon.status;

import org.jspecify.annotations.NullMarked;
