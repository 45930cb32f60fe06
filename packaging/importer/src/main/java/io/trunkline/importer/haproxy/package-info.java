/**
 * Reads HAProxy's configuration: listeners, the servers they balance over, and how these are
 * checked.
 */
@NullMarked
package io.trunkline.importer.haproxy;

import org.jspecify.annotations.NullMarked;
