package io.trunkline.daemon.app;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sessions through VIPs that only exist on paper; a test completes the count of those that end. */
final class ScriptedSessionsThrough implements VipEventLog.Sessions {
  /** {@code admit}, {@code refuse}, {@code end}, each with the addresses. */
  final List<String> calls = new ArrayList<>();

  final CompletableFuture<Integer> count = new CompletableFuture<>();

  @Override
  public void admit(Collection<InetAddress> addresses) {
    calls.add("admit " + addresses);
  }

  @Override
  public void refuse(Collection<InetAddress> addresses) {
    calls.add("refuse " + addresses);
  }

  @Override
  public CompletableFuture<Integer> end(Collection<InetAddress> addresses) {
    calls.add("end " + addresses);
    return count;
  }
}
