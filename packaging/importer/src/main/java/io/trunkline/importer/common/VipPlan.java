package io.trunkline.importer.common;

import java.util.List;
import java.util.Optional;

/**
 * A VIP that is to be written.
 *
 * @param title what it is made from
 * @param cluster whose leader it follows, where the file says so
 * @param settings all keys but name, interface, addresses, mode and cluster
 */
public record VipPlan(
    Place place,
    String title,
    String name,
    String networkInterface,
    List<String> addresses,
    String mode,
    Optional<ClusterPlan> cluster,
    YamlBlock settings) {
  public VipPlan {
    addresses = List.copyOf(addresses);
  }

  /** Whether clients connect to that address. */
  public boolean holds(String host) {
    return addresses.stream().anyMatch(it -> it.startsWith(host + "/"));
  }
}
