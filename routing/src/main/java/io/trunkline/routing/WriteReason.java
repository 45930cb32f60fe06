package io.trunkline.routing;

import java.util.Locale;

/**
 * Why the write route is in its state. One value is the log field, the metric label and the words a
 * waiting client is told in the end.
 */
public enum WriteReason {
  STARTING("this proxy has not seen the cluster since it started"),
  LEADER_KEY_AND_REST("it holds the leader key and Patroni says it is writable"),
  LEADER_KEY_AND_SENTINEL(
      "it holds the leader key and PostgreSQL itself says that it takes writes"),
  LEADER_KEY_ALONE(
      "it holds the leader key and says so in etcd; its REST API gives no answer that counts"),
  REST_LOCK("Patroni says that it is the primary and holds the lock"),
  STANDBYS_STREAM(
      "neither etcd nor Patroni can be asked, but it takes writes and most other members stream"
          + " from it"),
  MAINTENANCE("Patroni is paused, so the last primary stays the primary without a leader key"),
  SWITCHOVER_OVERDUE("a switchover was asked for but the leader still holds the key"),
  SWITCHOVER_DUE("a switchover is under way"),
  NO_LEADER("there is no leader key in etcd"),
  NO_PRIMARY("no member says that it is the primary"),
  LEADER_UNKNOWN("the leader key names a member that has no address"),
  LEADER_NOT_WRITABLE("the new leader does not accept writes yet"),
  LEADER_UNCONFIRMED(
      "the REST API of the new leader gives no answer that counts, and nothing else says yet that"
          + " it accepts writes"),
  LEADER_READ_ONLY("the leader takes no writes: its default_transaction_read_only is on"),
  NO_PROXY_URL("the member announces no proxy_url, which target asks for"),
  NOBODY_ELIGIBLE("no member is eligible for this route"),
  UNREACHABLE("every eligible member refuses connections"),
  STANDBY_CLUSTER("this is a standby cluster, it has no primary"),
  TIMELINE_REGRESSION(
      "the leader key went back to a member whose timeline branched off earlier: its data lacks"
          + " what was acknowledged since"),
  TWO_PRIMARIES("etcd is out of reach and two members say that they are the primary"),
  OUT_OF_SIGHT(
      "neither etcd nor most of the members can be seen from this proxy, so its primary may have"
          + " been superseded");

  private final String sentence;

  WriteReason(String sentence) {
    this.sentence = sentence;
  }

  /** The word in logs, metrics and JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
