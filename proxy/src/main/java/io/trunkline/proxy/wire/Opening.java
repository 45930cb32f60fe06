package io.trunkline.proxy.wire;

import java.util.Map;

/**
 * The first packet of a connection (PostgreSQL docs: "Message Formats", messages without a type
 * byte).
 */
public sealed interface Opening {

  /** The longest first packet, as PostgreSQL itself allows (MAX_STARTUP_PACKET_LENGTH). */
  int MAX_LENGTH = 10_000;

  /** Asks for TLS; the answer is one byte. */
  record SslRequest() implements Opening {}

  /** Asks for GSSAPI encryption; the answer is one byte. */
  record GssEncRequest() implements Opening {}

  /**
   * Asks to cancel what another session runs.
   *
   * @param processId of that session's backend
   * @param keyLength of the secret that follows, 4 to 256 bytes
   */
  record CancelRequest(int processId, int keyLength) implements Opening {}

  /**
   * Begins a session without TLS.
   *
   * @param major protocol version
   * @param minor protocol version
   * @param parameters such as user and database
   */
  record StartupMessage(int major, int minor, Map<String, String> parameters) implements Opening {
    public StartupMessage {
      parameters = Map.copyOf(parameters);
    }
  }

  /** A TLS record without a request before it (PostgreSQL 17, sslnegotiation=direct). */
  record DirectTls() implements Opening {}

  /**
   * Nothing that PostgreSQL's protocol begins with.
   *
   * @param why for the client and the log
   */
  record Malformed(String why) implements Opening {}
}
