package io.trunkline.routing;

/** How many sessions a member has now, through this node. */
@FunctionalInterface
public interface Load {
  int sessions(String member);
}
