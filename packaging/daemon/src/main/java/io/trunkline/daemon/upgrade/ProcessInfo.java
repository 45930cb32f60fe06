package io.trunkline.daemon.upgrade;

import io.trunkline.config.Cidr;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a new process says of itself.
 *
 * @param version the program's
 * @param vips what it will have: a VIP that is not the same any more is not left to it
 */
public record ProcessInfo(String version, Map<String, String> vips) {
  public ProcessInfo {
    vips = Map.copyOf(vips);
  }

  /** What a process with that configuration says. */
  public static ProcessInfo of(String version, TrunklineConfig config) {
    return new ProcessInfo(version, vips(config));
  }

  /** By name: all that must be alike for one process to go on with what another one had. */
  static Map<String, String> vips(TrunklineConfig config) {
    Map<String, String> all = new TreeMap<>();
    for (VipConfig vip : config.vips()) {
      String addresses =
          vip.allAddresses().stream().map(Cidr::toString).collect(Collectors.joining(","));
      all.put(vip.name(), vip.mode() + " " + vip.networkInterface() + " " + addresses);
    }
    return all;
  }
}
