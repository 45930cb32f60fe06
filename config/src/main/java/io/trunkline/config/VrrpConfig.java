package io.trunkline.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * VRRP settings (RFC 9568 for version 3, RFC 3768 for version 2).
 *
 * @param version 2 or 3; default 3
 * @param routerId the virtual router id, 1 to 255; default 51
 * @param priority 1 to 255, 255 is the address owner; default 100
 * @param advertInterval version 3: 10 ms to 40.95 s in steps of 10 ms; version 2: whole seconds, 1
 *     to 255; default 300 ms (version 3) or 1 s (version 2)
 * @param preempt take over from a master of lower priority; default true
 * @param preemptDelay how long to wait before that; default 0 s
 * @param unicastPeers send to these instead of the multicast group; empty: multicast
 * @param authPass version 2 only: the PASS authentication of keepalived (its first 8 characters)
 * @param checksumAsV2 version 3 over IPv4: compute the checksum without the pseudo-header, as
 *     keepalived's v3_checksum_as_v2; default false
 * @param garpRepeat how many gratuitous ARPs (or unsolicited neighbour advertisements) a burst has;
 *     default 5
 * @param garpDelay when the burst is repeated after a takeover; default 5 s
 * @param garpRefresh how often a master repeats it without a reason; 0 is never; default 0 s
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

  /** The same with another priority. */
  public VrrpConfig withPriority(int other) {
    return new VrrpConfig(
        version,
        routerId,
        other,
        advertInterval,
        preempt,
        preemptDelay,
        unicastPeers,
        authPass,
        checksumAsV2,
        garpRepeat,
        garpDelay,
        garpRefresh);
  }
}
