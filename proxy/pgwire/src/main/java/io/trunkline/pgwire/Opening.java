package io.trunkline.pgwire;

import java.util.Map;

/**
 * The first packet of a connection (PostgreSQL docs: "Message Formats", messages without a type
 * byte).
 */
public sealed interface Opening {

  /**
   * The longest first packet, in bytes: as PostgreSQL itself allows (MAX_STARTUP_PACKET_LENGTH,
   * which does not count the length word).
   */
  int MAX_LENGTH = 10_000 + Integer.BYTES;

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
   * @param parameters user, database, application_name (also from the options) and replication, as
   *     far as they are there; cut as PostgreSQL cuts names
   */
  record StartupMessage(int major, int minor, Map<String, String> parameters) implements Opening {
    public StartupMessage {
      parameters = Map.copyOf(parameters);
    }

    /** The name that the application gives itself, also in its options; empty when it has none. */
    public String applicationName() {
      return parameters.getOrDefault("application_name", "");
    }
  }

  /** A TLS record without a request before it (PostgreSQL 17, sslnegotiation=direct). */
  record DirectTls() implements Opening {}

  /**
   * A startup packet of a protocol version that no PostgreSQL of today speaks.
   *
   * @param major protocol version
   * @param minor protocol version
   */
  record Unsupported(int major, int minor) implements Opening {
    /** As PostgreSQL 18 says it. */
    public String why() {
      return "unsupported frontend protocol %d.%d: server supports 3.0 to 3.2"
          .formatted(major, minor);
    }

    /** Whether the client understands errors of versions before 3 only. */
    public boolean old() {
      return major == 1 || major == 2;
    }
  }

  /**
   * A cancel request that cannot be one. PostgreSQL never answers those.
   *
   * @param why for the log
   */
  record MalformedCancel(String why) implements Opening {}

  /**
   * Nothing that PostgreSQL's protocol begins with.
   *
   * @param why for the client and the log
   */
  record Malformed(String why) implements Opening {}
}
