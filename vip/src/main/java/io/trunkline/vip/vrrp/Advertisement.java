package io.trunkline.vip.vrrp;

import java.net.InetAddress;
import java.time.Duration;

/**
 * An advertisement that another node sent and that passed every check of RFC 9568 section 7.1.
 *
 * @param priority 0 to 255; 0 means that the master lets go
 * @param interval how often its sender advertises
 * @param source who sent it
 */
public record Advertisement(int priority, Duration interval, InetAddress source) {}
