package io.trunkline.proxy.stats;

import io.trunkline.config.Labelled;
import java.util.Locale;

/**
 * Why a connection or session ended. One value is the log field, the metric label and the SQLSTATE
 * that the client is sent where that is possible (PostgreSQL docs: "Appendix A. Error Codes").
 */
public enum SessionEnd implements Labelled {
  CLIENT_CLOSED("", "the client closed the connection"),
  BACKEND_CLOSED("", "PostgreSQL closed the connection"),
  CLIENT_LOST("", "the connection to the client broke"),
  BACKEND_LOST("57P01", "connection to PostgreSQL was lost"),
  SUPERSEDED("57P01", "terminating session because another member became the primary"),
  NOT_RESTORED("57P01", "terminating session because it could not be restored on the new primary"),
  OUTCOME_UNKNOWN(
      "08007", "the member was lost while a statement ran; whether it was committed is not known"),
  PROMOTED("57P01", "terminating session because its replica became the primary"),
  READ_ONLY("57P01", "terminating session because its member became a standby"),
  MET_STANDBY("57P03", "the new primary is still in recovery"),
  VIP_LOST("57P01", "terminating session because this node no longer has the VIP"),
  ENDED_BY_OPERATOR("57P01", "terminating session due to operator command"),
  DRAINED("57P01", "terminating session because this proxy is shutting down"),
  CLUSTER_REMOVED(
      "57P01", "terminating session because its cluster was removed from the configuration"),
  HOLD_TIMEOUT("57P03", "no member was available within hold_timeout"),
  HOLD_FULL("57P03", "too many clients are queued already"),
  TOO_MANY_CONNECTIONS("53300", "max_connections of the listener is reached"),
  TOO_MANY_FROM_ADDRESS("53300", "max_connections_per_address of the listener is reached"),
  CONNECTION_RATE("53300", "connection_rate of the listener is reached"),
  CONNECTION_RATE_PER_ADDRESS("53300", "connection_rate_per_address of the listener is reached"),
  MEMORY_LIMIT("53300", "this proxy uses too much memory to accept more clients"),
  DESCRIPTOR_LIMIT("53300", "this proxy has no file descriptors left for more connections"),
  OUT_OF_MEMORY("53200", "terminating session because this proxy is out of memory"),
  RULE_REJECTS("28000", "connection rejected by a rule of the listener"),
  RULE_FULL("53300", "max_connections of the matching rule is reached"),
  RULE_TLS_REQUIRED("28000", "the matching rule of the listener requires TLS"),
  ADDRESS_DENIED("28000", "connections from this client address are not allowed"),
  STARTUP_TIMEOUT("", "the client did not send its whole startup packet in time"),
  STARTUP_MALFORMED("08P01", "invalid startup packet"),
  AUTHENTICATION_MALFORMED("08P01", "invalid authentication message"),
  AUTHENTICATION_UNSUPPORTED("0A000", "unsupported authentication message"),
  CHANNEL_BINDING("28000", "SCRAM channel binding check failed"),
  MEMBER_AUTHENTICATION("08P01", "the member broke off the login"),
  PROTOCOL_UNSUPPORTED("0A000", "unsupported protocol version"),
  CANCEL_MALFORMED("", "invalid cancel request"),
  PROXY_HEADER_TIMEOUT("08P01", "the balancer did not send a whole PROXY protocol header in time"),
  PROXY_HEADER_MALFORMED("08P01", "invalid PROXY protocol header"),
  TLS_REQUIRED("28000", "this listener requires TLS"),
  TLS_FAILED("", "TLS handshake with the client failed"),
  BACKEND_WITHOUT_TLS("", "the member does not support TLS, but the client needs it"),
  DIRECT_TLS_UNSUPPORTED(
      "",
      "the member does not support direct TLS (sslnegotiation=direct), which needs PostgreSQL 17"
          + " with ssl = on"),
  CANCEL_DONE("", "the cancel request was forwarded"),
  SHUTTING_DOWN("57P03", "this proxy is shutting down"),
  INTERNAL("XX000", "internal error");

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

  /** The DETAIL of a client's error: the cause as a sentence; empty if it says nothing more. */
  public String detail(String why) {
    if (why.equals(sentence)) {
      return "";
    }
    boolean name = why.startsWith("etcd");
    return (name ? why.substring(0, 1) : why.substring(0, 1).toUpperCase(Locale.ROOT))
        + why.substring(1)
        + ".";
  }

  /** What the client could do about it; may be empty. */
  public String hint() {
    return switch (this) {
      case HOLD_TIMEOUT, HOLD_FULL, SHUTTING_DOWN, MET_STANDBY ->
          "Try again, or connect to another host.";
      case SUPERSEDED,
          NOT_RESTORED,
          PROMOTED,
          READ_ONLY,
          BACKEND_LOST,
          VIP_LOST,
          OUT_OF_MEMORY,
          DRAINED,
          ENDED_BY_OPERATOR,
          CLUSTER_REMOVED ->
          "Connect again. A statement or COMMIT without an answer may or may not have been"
              + " executed.";
      case OUTCOME_UNKNOWN -> "Connect again, and check what was done before anything is repeated.";
      case CONNECTION_RATE, CONNECTION_RATE_PER_ADDRESS ->
          "Try again later, or raise the limit in limits of the listener.";
      case MEMORY_LIMIT -> "Try again later, or connect to another host.";
      case DESCRIPTOR_LIMIT ->
          "Use fewer connections, connect to another host, or raise LimitNOFILE of"
              + " trunkline.service.";
      case RULE_REJECTS, RULE_FULL -> "Check rules of the listener.";
      case RULE_TLS_REQUIRED, TLS_REQUIRED -> "Use sslmode=require or stronger.";
      case TOO_MANY_CONNECTIONS ->
          "Use fewer connections, or raise limits.max_connections of the listener.";
      case TOO_MANY_FROM_ADDRESS ->
          "Use fewer connections, or raise limits.max_connections_per_address of the listener.";
      case PROXY_HEADER_TIMEOUT, PROXY_HEADER_MALFORMED ->
          "Configure the balancer to send it, or remove its address from proxy_protocol.from.";
      case ADDRESS_DENIED -> "Check allow and deny of the listener.";
      case CHANNEL_BINDING -> "Somebody else than this proxy may have answered the TLS handshake.";
      case CLIENT_CLOSED,
          BACKEND_CLOSED,
          CLIENT_LOST,
          STARTUP_TIMEOUT,
          STARTUP_MALFORMED,
          AUTHENTICATION_MALFORMED,
          AUTHENTICATION_UNSUPPORTED,
          MEMBER_AUTHENTICATION,
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
