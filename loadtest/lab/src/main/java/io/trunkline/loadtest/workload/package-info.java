/** Clients that write and read at a fixed pace and keep a sample of every attempt. */
@NullMarked
package io.trunkline.loadtest.workload;

import org.jspecify.annotations.NullMarked;
