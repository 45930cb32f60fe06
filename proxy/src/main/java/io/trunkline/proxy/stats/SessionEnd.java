package io.trunkline.proxy.stats;

/**
 * Why a connection or session ended. One value is the log field, the metric label and the SQLSTATE
 * that the client is sent where that is possible (PostgreSQL docs: "Appendix A. Error Codes").
 */
public enum SessionEnd implements Labelled {
  CLIENT_CLOSED("", "the client closed the connection"),
  BACKEND_CLOSED("", "PostgreSQL closed the connection"),
  CLIENT_LOST("", "the connection to the client broke"),
  BACKEND_LOST("57P01", "the connection to PostgreSQL broke"),
  SUPERSEDED("57P01", "another member became the primary"),
  PROMOTED("57P01", "the member became the primary, and this route is for replicas"),
  READ_ONLY("57P01", "the member refused a write because it is a standby now"),
  MET_STANDBY("57P03", "the member that writes go to is still a standby"),
  VIP_LOST("57P01", "the address the client came in through has left this proxy"),
  ENDED_BY_OPERATOR("57P01", "an operator has ended the session"),
  DRAINED("57P01", "this proxy shuts down"),
  CLUSTER_REMOVED("57P01", "the cluster was taken out of this proxy's configuration"),
  HOLD_TIMEOUT("57P03", "nobody could be connected to in time"),
  HOLD_FULL("57P03", "too many clients wait already"),
  TOO_MANY_CONNECTIONS("53300", "the listener's max_connections is reached"),
  TOO_MANY_FROM_ADDRESS("53300", "max_connections_per_address is reached"),
  CONNECTION_RATE("53300", "the listener's connection_rate is reached"),
  CONNECTION_RATE_PER_ADDRESS("53300", "connection_rate_per_address is reached"),
  MEMORY_LIMIT("53300", "too much of this proxy's memory is in use"),
  DESCRIPTOR_LIMIT("53300", "this proxy has no file descriptors left for more connections"),
  OUT_OF_MEMORY("53200", "this proxy had no memory left for the session"),
  RULE_REJECTS("28000", "a rule of the listener rejects the client"),
  RULE_FULL("53300", "the max_connections of the rule that admits the client is reached"),
  RULE_TLS_REQUIRED("28000", "the rule that admits the client takes only sessions with TLS"),
  ADDRESS_DENIED("28000", "the client's address is not allowed here"),
  STARTUP_TIMEOUT("", "the client did not send a whole startup packet in time"),
  STARTUP_MALFORMED("08P01", "the client's first packet is not PostgreSQL's protocol"),
  PROTOCOL_UNSUPPORTED("0A000", "the client speaks a protocol version that PostgreSQL does not"),
  CANCEL_MALFORMED("", "a cancel request is not PostgreSQL's protocol"),
  PROXY_HEADER_TIMEOUT("08P01", "the balancer did not send a whole PROXY protocol header in time"),
  PROXY_HEADER_MALFORMED("08P01", "what the balancer sent first is no PROXY protocol header"),
  TLS_REQUIRED("28000", "this listener takes only sessions with TLS"),
  TLS_FAILED("", "TLS with the client could not be agreed on"),
  BACKEND_WITHOUT_TLS("", "the member does not take TLS, which the client was promised or needs"),
  DIRECT_TLS_UNSUPPORTED(
      "",
      "the member does not take TLS without a request for it (sslnegotiation=direct): PostgreSQL"
          + " does from version 17 on, with ssl on"),
  CANCEL_DONE("", "a cancel request was passed on"),
  SHUTTING_DOWN("57P03", "this proxy shuts down"),
  INTERNAL("XX000", "an internal error");

  private final String sqlState;
  private final String sentence;

  SessionEnd(String sqlState, String sentence) {
    this.sqlState = sqlState;
    this.sentence = sentence;
  }

  /** The SQLSTATE a client is sent, or an empty string where it is sent nothing. */
  public String sqlState() {
    return sqlState;
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }

  /** What the client could do about it; may be empty. */
  public String hint() {
    return switch (this) {
      case HOLD_TIMEOUT, HOLD_FULL, SHUTTING_DOWN, MET_STANDBY -> "Try again, or try another host.";
      case SUPERSEDED,
          PROMOTED,
          READ_ONLY,
          BACKEND_LOST,
          VIP_LOST,
          OUT_OF_MEMORY,
          DRAINED,
          ENDED_BY_OPERATOR,
          CLUSTER_REMOVED ->
          "Connect again. What was not confirmed may or may not have been done.";
      case CONNECTION_RATE, CONNECTION_RATE_PER_ADDRESS ->
          "Try again later; limits of the listener says how many may connect per second.";
      case MEMORY_LIMIT -> "Try again later, or try another host.";
      case DESCRIPTOR_LIMIT ->
          "Raise LimitNOFILE of trunkline.service, or use fewer connections or another host.";
      case RULE_REJECTS, RULE_FULL -> "See rules of the listener.";
      case RULE_TLS_REQUIRED, TLS_REQUIRED -> "Use sslmode=require or stronger.";
      case TOO_MANY_CONNECTIONS -> "Raise limits.max_connections of the listener, or use fewer.";
      case TOO_MANY_FROM_ADDRESS ->
          "Raise limits.max_connections_per_address of the listener, or use fewer.";
      case PROXY_HEADER_TIMEOUT, PROXY_HEADER_MALFORMED ->
          "Let the balancer send it, or take its address out of proxy_protocol.from.";
      case ADDRESS_DENIED -> "See allow and deny of the listener.";
      case CLIENT_CLOSED,
          BACKEND_CLOSED,
          CLIENT_LOST,
          STARTUP_TIMEOUT,
          STARTUP_MALFORMED,
          PROTOCOL_UNSUPPORTED,
          CANCEL_MALFORMED,
          TLS_FAILED,
          BACKEND_WITHOUT_TLS,
          DIRECT_TLS_UNSUPPORTED,
          CANCEL_DONE,
          INTERNAL ->
          "";
    };
  }
}
