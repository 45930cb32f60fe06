package io.trunkline.proxy.backend;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.CancelKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The cancel keys that this node has seen members give to its clients, and whose they are. */
public final class CancelKeys {
  private final Map<CancelKey, HostPort> owners = new ConcurrentHashMap<>();

  void given(CancelKey key, HostPort member) {
    owners.put(key, member);
  }

  void over(CancelKey key) {
    owners.remove(key);
  }

  public Optional<HostPort> owner(CancelKey key) {
    return Optional.ofNullable(owners.get(key));
  }
}
