/** Bytes on their way: buffers, the memory for what waits, socket options and descriptors. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.relay;
