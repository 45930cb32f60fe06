package io.trunkline.daemon.admin;

import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionList;
import java.util.concurrent.CompletableFuture;

/** Lists sessions and ends them. */
public interface SessionControl {
  /** The oldest that are meant, at most so many. */
  CompletableFuture<SessionList> list(SessionFilter filter, int limit);

  /** Ends those that are meant; how many they were. */
  CompletableFuture<Integer> end(SessionFilter filter);
}
