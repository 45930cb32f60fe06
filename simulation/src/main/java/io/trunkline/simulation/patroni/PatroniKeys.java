package io.trunkline.simulation.patroni;

import io.trunkline.simulation.etcd.EtcdStore;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Patroni's keys as one member has read them last.
 *
 * @param leader whom the leader key names, with the lease it is bound to
 * @param failover the {@code failover} key; empty also when it is {@code {}}
 * @param sync the synchronous standby, if there is one
 * @param pause maintenance mode, by the {@code config} key
 * @param members the names of members whose keys are there
 */
record PatroniKeys(
    Optional<EtcdStore.Stored> leader,
    Optional<FailoverRequest> failover,
    Optional<String> sync,
    boolean pause,
    Set<String> members) {

  /**
   * A switchover that was asked for.
   *
   * @param leader who is to step down
   * @param candidate who is to take over; empty: anybody
   */
  record FailoverRequest(String leader, String candidate) {
    String json() {
      return "{\"leader\":\"%s\",\"member\":\"%s\"}".formatted(leader, candidate);
    }
  }

  static PatroniKeys read(EtcdStore store, String prefix) {
    TreeMap<String, EtcdStore.Stored> keys = new TreeMap<>(store.under(prefix));
    Set<String> members = new TreeSet<>();
    for (String key : keys.keySet()) {
      if (key.startsWith(prefix + "members/")) {
        members.add(key.substring((prefix + "members/").length()));
      }
    }
    return new PatroniKeys(
        Optional.ofNullable(keys.get(prefix + "leader")),
        request(keys.get(prefix + "failover")),
        Optional.ofNullable(keys.get(prefix + "sync"))
            .map(stored -> field(stored.value(), "sync_standby"))
            .filter(name -> !name.isEmpty()),
        keys.containsKey(prefix + "config")
            && keys.get(prefix + "config").value().contains("\"pause\":true"),
        members);
  }

  private static Optional<FailoverRequest> request(EtcdStore.@Nullable Stored stored) {
    return stored == null || stored.value().equals("{}")
        ? Optional.empty()
        : Optional.of(
            new FailoverRequest(field(stored.value(), "leader"), field(stored.value(), "member")));
  }

  /** The value of a text field of what this class has written. */
  private static String field(String json, String name) {
    String start = "\"" + name + "\":\"";
    int at = json.indexOf(start);
    return at < 0
        ? ""
        : json.substring(at + start.length(), json.indexOf('"', at + start.length()));
  }

  /** The name that the leader key has; empty: there is none. */
  String leaderName() {
    return leader.map(EtcdStore.Stored::value).orElse("");
  }
}
