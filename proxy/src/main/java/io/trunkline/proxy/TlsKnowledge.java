package io.trunkline.proxy;

/**
 * Whether the members of a cluster take TLS, as seen in their answers to clients' SSLRequests. Only
 * when they do may a waiting client be promised TLS before a member is there.
 */
final class TlsKnowledge {
  private volatile boolean offered;

  void answered(byte answer) {
    offered = answer == 'S';
  }

  boolean offered() {
    return offered;
  }
}
