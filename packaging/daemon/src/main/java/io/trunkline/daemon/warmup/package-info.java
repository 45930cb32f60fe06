/**
 * Has the code that serves clients compiled before there are any: sessions of the daemon's own go
 * through its own pipelines, to members that are scripted.
 */
@NullMarked
package io.trunkline.daemon.warmup;

import org.jspecify.annotations.NullMarked;
