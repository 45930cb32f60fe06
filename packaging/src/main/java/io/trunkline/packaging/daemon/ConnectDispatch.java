package io.trunkline.packaging.daemon;

import io.trunkline.routing.ConnectObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Passes what sessions find to the source of the cluster it is about. */
final class ConnectDispatch implements ConnectObserver {
  private final Map<String, ConnectObserver> byCluster = new ConcurrentHashMap<>();

  void register(String cluster, ConnectObserver observer) {
    byCluster.put(cluster, observer);
  }

  void remove(String cluster) {
    byCluster.remove(cluster);
  }

  @Override
  public void connected(String cluster, String member) {
    ConnectObserver observer = byCluster.get(cluster);
    if (observer != null) {
      observer.connected(cluster, member);
    }
  }

  @Override
  public void failed(String cluster, String member, String failure) {
    ConnectObserver observer = byCluster.get(cluster);
    if (observer != null) {
      observer.failed(cluster, member, failure);
    }
  }

  @Override
  public void standbySeen(String cluster, String member) {
    ConnectObserver observer = byCluster.get(cluster);
    if (observer != null) {
      observer.standbySeen(cluster, member);
    }
  }
}
