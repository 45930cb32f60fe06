package io.trunkline.config;

import java.time.Duration;

/** Settings of a VIP of mode etcd. */
public record LeaseConfig(String group, Duration ttl) {
  /** The longest that the kernel keeps an address that nobody renews. */
  public static final Duration KERNEL = Duration.ofSeconds(3);

  /** How often the lease is renewed. */
  public static final Duration RENEWAL = Duration.ofSeconds(1);

  /** How long etcd may take to answer. */
  public static final Duration ANSWER = Duration.ofSeconds(1);

  /** An answer that comes at the last moment still finds time left to renew the addresses. */
  public static final Duration SHORTEST = KERNEL.plus(RENEWAL).plus(ANSWER);

  /** Where the keys of that VIP are, with a trailing slash. */
  public String prefix(String vip) {
    return "/trunkline/" + group + "/vip/" + vip + "/";
  }
}
