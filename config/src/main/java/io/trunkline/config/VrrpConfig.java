package io.trunkline.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * VRRP settings (RFC 9568 for version 3, RFC 3768 for version 2).
 *
 * @param unicastPeers empty: multicast
 */
public record VrrpConfig(
    int version,
    int routerId,
    int priority,
    Duration advertInterval,
    boolean preempt,
    Duration preemptDelay,
    List<InetAddress> unicastPeers,
    Optional<Secret> authPass,
    boolean checksumAsV2,
    int garpRepeat,
    Duration garpDelay,
    Duration garpRefresh) {
  public VrrpConfig {
    unicastPeers = List.copyOf(unicastPeers);
  }
}
