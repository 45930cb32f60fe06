/** What is counted and told of: why sessions end, connections fail and clients are refused. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.stats;
