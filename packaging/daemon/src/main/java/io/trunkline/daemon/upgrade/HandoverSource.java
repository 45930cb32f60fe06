package io.trunkline.daemon.upgrade;

import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a running process has to leave, and what becomes of it afterwards. Calls may block. */
public interface Estate {
  /** Why nothing can be left just now; empty: it can. */
  Optional<String> obstacle();

  /** Its listening sockets, by address. */
  Map<HostPort, FileDescriptor> sockets();

  /** Lets go of its VIPs: of those that the new process claims without anybody noticing. */
  CompletableFuture<Legacy> passOn(Claims claims);

  /** The new process failed after all: it goes on with its VIPs. */
  void takeBack(Legacy legacy);

  /**
   * The new process is the service now: from here on this one only looks after the sessions it has.
   *
   * @param process its number
   * @param version of its program
   * @param legacy what it was left
   */
  void succeededBy(long process, String version, Legacy legacy);

  /**
   * Ends its sessions that came in through those addresses, which the node lets go; counts them.
   */
  CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses);

  /** How many sessions it still has. */
  int sessions();
}
