package io.trunkline.routing;

import java.util.Map;
import java.util.Optional;

/**
 * Patroni tags of a member, as strings.
 *
 * @param values by name; {@code true} and {@code false} for the boolean ones
 */
public record Tags(Map<String, String> values) {
  public static final Tags NONE = new Tags(Map.of());

  public Tags {
    values = Map.copyOf(values);
  }

  /** Where the member is, in words of the site's own; empty when it does not say. */
  public Optional<String> zone() {
    return Optional.ofNullable(values.get("zone"));
  }

  /** Whether the member asks to be left out of load balancing. */
  public boolean noLoadBalance() {
    return Boolean.parseBoolean(values.getOrDefault("noloadbalance", "false"));
  }
}
