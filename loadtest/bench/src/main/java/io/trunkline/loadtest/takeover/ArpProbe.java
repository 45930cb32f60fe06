package io.trunkline.loadtest.takeover;

import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import io.trunkline.vip.linux.Poller;
import io.trunkline.vip.linux.RouteSocket;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Asks every 10 ms who has an IPv4 address: {@code ArpProbe INTERFACE ADDRESS}. Prints who answers
 * or announces itself, as {@code MICROSECONDS MAC}. It belongs in a machine of its own, because an
 * answer would refresh the ARP entry of a client there.
 */
public final class ArpProbe {
  private static final Duration TICK = Duration.ofMillis(10);

  private ArpProbe() {}

  /** Runs until it is killed. */
  public static void main(String[] args) throws LinuxException, UnknownHostException {
    InetAddress address = InetAddress.getByName(args[1]);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (Poller poller = new Poller();
        PacketSocket socket = PacketSocket.open(link(args[0]), List.of(address))) {
      poller.watch(socket.fd());
      long next = System.nanoTime();
      while (true) {
        long wait = next - System.nanoTime();
        if (wait <= 0) {
          socket.probe(address);
          next = Math.max(next, System.nanoTime() - TICK.toNanos()) + TICK.toNanos();
          out.flush();
        } else {
          poller.await(wait);
        }
        for (var found = socket.contender(); found != null; found = socket.contender()) {
          out.println(Recording.micros(Instant.now()) + " " + found.mac());
        }
      }
    }
  }

  private static Link link(String name) throws LinuxException {
    try (RouteSocket routes = RouteSocket.open()) {
      return routes.links().stream()
          .filter(each -> each.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no interface " + name));
    }
  }
}
