package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.lab.Station;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The probes of one address: a client machine that opens sessions and pings, an observer that asks
 * who has the address, and the log of addresses on every proxy node. They run until they are
 * closed.
 */
final class Probes implements AutoCloseable {
  private static final long STEADY = Duration.ofMillis(200).toNanos() / 1000;

  private final Group group;
  private final Station client;
  private final Station observer;
  private final Recording recording;

  /** Starts them, on the first two stations of the lab. */
  Probes(Group group, int port) {
    this.group = group;
    Lab lab = group.lab();
    client = lab.station(1);
    observer = lab.station(2);
    String user = lab.target(group.address(), port).user();
    client.job(
        Service.SESSIONS,
        client.java(
            SessionProbe.class.getName(), "%s %d %s".formatted(group.address(), port, user)));
    client.job(Service.PING, "exec stdbuf -oL ping -D -n -i 0.01 " + group.address());
    observer.job(Service.ARP, observer.java(ArpProbe.class.getName(), "eth0 " + group.address()));
    client.start(Service.SESSIONS);
    client.start(Service.PING);
    observer.start(Service.ARP);
    for (ProxyNode node : group.nodes()) {
      node.job(Service.ADDRESSES, "exec ip -ts monitor address");
      node.start(Service.ADDRESSES);
    }
    recording =
        new Recording(
            client.file("log/sessions.log"),
            client.file("log/ping.log"),
            observer.file("log/arp.log"));
  }

  Station client() {
    return client;
  }

  Recording recording() {
    return recording;
  }

  Path addressLog(ProxyNode node) {
    return node.file("log/addresses.log");
  }

  /** Whether new sessions were answered without a pause for that long. */
  boolean steady(Duration time) {
    long now = Recording.micros(Instant.now());
    long from = now - time.toNanos() / 1000;
    return Timeline.longestGap(recording.answered(), from, now, true).length() < STEADY;
  }

  @Override
  public void close() {
    client.kill9(Service.SESSIONS);
    client.kill9(Service.PING);
    observer.kill9(Service.ARP);
    group.nodes().forEach(node -> node.kill9(Service.ADDRESSES));
  }
}
