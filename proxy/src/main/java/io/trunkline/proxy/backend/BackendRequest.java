package io.trunkline.proxy.backend;

import io.trunkline.pgwire.Opening;

/**
 * What a client wants a member for.
 *
 * @param opening the first packet
 * @param sslAnswered the SSLRequest was answered already, so a member must be asked for TLS anew
 */
public record BackendRequest(Opening opening, boolean sslAnswered) {
  /** The same once the client was promised TLS. */
  public BackendRequest answeredSsl() {
    return new BackendRequest(opening, true);
  }

  /** Whether what the client sends to a member next begins TLS with it. */
  public boolean speaksTls() {
    return sslAnswered || opening instanceof Opening.DirectTls;
  }
}
