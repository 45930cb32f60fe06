package io.trunkline.healthcheck.patroni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JunkException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The scope that answers must belong to. In etcd a Citus group has a scope of its own, such as
 * {@code citus/0}; Patroni's REST API tells the scope without the group.
 *
 * @param configured as in the configuration
 * @param name without the group
 * @param group the Citus group; empty in other clusters
 */
public record Scope(String configured, String name, OptionalLong group) {

  public static Scope of(String configured) {
    int slash = configured.lastIndexOf('/');
    return slash > 0 && configured.substring(slash + 1).matches("[0-9]{1,9}")
        ? new Scope(
            configured,
            configured.substring(0, slash),
            OptionalLong.of(Long.parseLong(configured.substring(slash + 1))))
        : new Scope(configured, configured, OptionalLong.empty());
  }

  /** Refuses an answer with fields {@code scope} or {@code group} of another cluster. */
  public void check(ObjectNode answer) throws JunkException {
    Optional<String> its = Json.text(answer, "scope");
    if (its.isPresent() && !its.get().equals(name) && !its.get().equals(configured)) {
      throw new JunkException("belongs to scope " + its.get());
    }
    OptionalLong itsGroup = Json.number(answer, "group");
    if (group.isPresent() && itsGroup.isPresent() && !itsGroup.equals(group)) {
      throw new JunkException("belongs to group " + itsGroup.getAsLong() + " of scope " + name);
    }
  }
}
