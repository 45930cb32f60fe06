package io.trunkline.loadtest.lab;

/** Anything with an address on the lab's network: a node, or the client (the test JVM). */
public interface Peer {
  String name();

  String address();
}
