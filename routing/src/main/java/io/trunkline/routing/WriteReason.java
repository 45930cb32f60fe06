package io.trunkline.routing;

import io.trunkline.config.Labelled;

/**
 * Why the write route is in its state. One value is the log field, the metric label and the words a
 * queued client is told in the end.
 */
public enum WriteReason implements Labelled {
  STARTING("this node has not read the state of the cluster yet"),
  LEADER_KEY_AND_REST(
      "the member holds the leader key, and Patroni reports it as the running primary"),
  LEADER_KEY_AND_SENTINEL(
      "the member holds the leader key, and its PostgreSQL told the sentinel that it accepts"
          + " writes"),
  LEADER_KEY_ALONE(
      "the member holds the leader key and reports in etcd that it is the primary; its REST API"
          + " gives no valid answer"),
  REST_LOCK("Patroni's REST API reports the member as the primary that holds the lock"),
  STANDBYS_STREAM(
      "neither etcd nor most REST APIs can be reached, but the member accepts writes and most other"
          + " members stream from it"),
  MAINTENANCE(
      "Patroni is in maintenance mode: the last primary stays the primary without a leader key"),
  SWITCHOVER_OVERDUE("a switchover was requested, but the leader still holds the leader key"),
  SWITCHOVER_DUE("a switchover is in progress"),
  NO_LEADER("there is no leader key in etcd"),
  NO_PRIMARY("no member reports that it is the primary"),
  LEADER_UNKNOWN("the leader key names a member whose address is not known"),
  LEADER_NOT_WRITABLE("the new leader does not accept writes yet"),
  LEADER_UNCONFIRMED(
      "the REST API of the new leader gives no valid answer, and nothing else confirms yet that it"
          + " accepts writes"),
  LEADER_READ_ONLY("the leader does not accept writes: its default_transaction_read_only is on"),
  NO_PROXY_URL("the member announces no proxy_url, but the listener has target: proxy_url"),
  NONE_ELIGIBLE("no member is eligible for this route"),
  UNREACHABLE("no eligible member accepts connections"),
  STANDBY_CLUSTER("this is a standby cluster: it has no primary"),
  TIMELINE_REGRESSION(
      "the leader key went back to a member whose timeline is older or branched off earlier: it"
          + " lacks transactions that were committed on the newer timeline"),
  TWO_PRIMARIES("etcd cannot be reached, and two members report that they are the primary"),
  OUT_OF_SIGHT(
      "this node can reach neither etcd nor most of the members, so the primary that it knows may"
          + " have been superseded");

  private final String sentence;

  WriteReason(String sentence) {
    this.sentence = sentence;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
