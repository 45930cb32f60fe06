package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.ProxyNode;

/** What serves behind the address of a {@link Group}, and moves it. */
interface Stack {
  String title();

  /** Starts it on every node; the first node has the highest priority. */
  void start();

  void startOn(ProxyNode node);

  /** Ends it on this node in an orderly way. */
  void stopOn(ProxyNode node);

  /** The first node has the address, no other has, and each could take it. */
  boolean settled();

  /** The shell command that asks the daemon that moves the address to end. */
  String terminate();

  /** The shell command that kills every process of it. */
  String kill();

  /** The shell command that freezes every process of it. */
  String freeze();

  /** Undoes whatever was done to the node. */
  void repair(ProxyNode node);

  /** Ends it on every node, at once. */
  default void stop(Group group) {
    group.nodes().forEach(node -> node.exec("sh", "-c", kill() + "; true"));
    group.nodes().forEach(group::removeLeftover);
  }
}
