package io.trunkline.daemon.upgrade;

import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The running process: what it hands over, and what becomes of it afterwards. Calls may block. */
public interface HandoverSource {
  /** Why nothing can be left just now; empty: it can. */
  Optional<String> obstacle();

  /** Its listening sockets, by address. */
  Map<HostPort, FileDescriptor> sockets();

  /**
   * Lets go of its VIPs: those that the new process will have as well pass to it without anybody
   * noticing.
   */
  CompletableFuture<HandoverState> passOn(ProcessInfo info);

  /** The new process failed after all: it goes on with its VIPs. */
  void takeBack(HandoverState state);

  /**
   * The new process is the service now: from here on this one only looks after the sessions it has.
   *
   * @param process its number
   * @param version of its program
   * @param state what it was left
   */
  void succeededBy(long process, String version, HandoverState state);

  /**
   * Ends its sessions that came in through those addresses, which the node lets go; counts them.
   */
  CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses);

  /** How many sessions it still has. */
  int sessions();
}
