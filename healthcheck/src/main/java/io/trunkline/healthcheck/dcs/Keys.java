package io.trunkline.healthcheck.dcs;

import java.util.Set;

/**
 * Patroni's keys, relative to {@code /<namespace>/<scope>/} (Patroni docs: "Dynamic configuration
 * settings"; source: {@code patroni/dcs/__init__.py}).
 */
public final class Keys {
  public static final String LEADER = "leader";
  static final String MEMBERS = "members/";
  static final String FAILOVER = "failover";
  static final String SYNC = "sync";
  static final String STATUS = "status";
  static final String OPTIME = "optime/leader";
  static final String CONFIG = "config";
  static final String INITIALIZE = "initialize";
  static final String HISTORY = "history";

  private static final Set<String> SINGLE =
      Set.of(LEADER, FAILOVER, SYNC, STATUS, OPTIME, CONFIG, INITIALIZE, HISTORY);

  private Keys() {}

  /** Whether a key means anything here; the rest is not kept. */
  static boolean relevant(String key) {
    return SINGLE.contains(key) || isMember(key);
  }

  private static boolean isMember(String key) {
    return key.startsWith(MEMBERS)
        && key.length() > MEMBERS.length()
        && key.indexOf('/', MEMBERS.length()) < 0;
  }
}
