package io.trunkline.proxy.backend;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.CancelKey;

/**
 * What a client's cancel key stands for.
 *
 * @param member where its session is
 * @param key the one that counts there: another than the client's after the session has moved
 */
public record CancelTarget(HostPort member, CancelKey key) {}
