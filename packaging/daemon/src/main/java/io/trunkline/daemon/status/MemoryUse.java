package io.trunkline.daemon.status;

/**
 * What memory is in use.
 *
 * @param heap bytes that the last garbage collection left
 * @param buffers bytes of network buffers
 * @param waiting bytes of them that wait to be relayed
 * @param states bytes of the heap for what sessions have to be restored with
 * @param limit bytes of both from which on new connections are refused
 * @param refusing whether they are
 */
public record MemoryUse(
    long heap, long buffers, long waiting, long states, long limit, boolean refusing) {}
