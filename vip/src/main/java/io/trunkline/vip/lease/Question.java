package io.trunkline.vip.lease;

import java.util.Optional;

/**
 * One question to etcd: renew the lease, then write what has to be written and read all keys.
 *
 * @param publish write that this node serves (true) or does not (false)
 * @param campaign become the holder if there is none
 */
public record Question(long lease, Optional<Boolean> publish, boolean campaign) {}
