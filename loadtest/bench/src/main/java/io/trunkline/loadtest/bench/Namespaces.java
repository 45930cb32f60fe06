package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Project;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Three hosts in a row: clients, the proxy, and this machine as the server. Between them are links,
 * so that ports in TIME_WAIT are as scarce as between real hosts: on loopback Linux takes them
 * again (tcp_tw_reuse is 2).
 */
final class Namespaces implements AutoCloseable {
  private static final String MARK = "tbench";
  private static final int SOURCES = 32;
  private static final int FIRST_SOURCE = 100;

  private final String clients;
  private final String proxy;
  private final String network;

  private Namespaces(String clients, String proxy, String network) {
    this.clients = clients;
    this.proxy = proxy;
    this.network = network;
  }

  static Namespaces open() {
    sweep();
    long pid = ProcessHandle.current().pid();
    String name = MARK + "-" + pid + "-";
    Namespaces made = new Namespaces(name + "c", name + "p", "10." + (200 + pid % 50));
    try {
      made.build("tb" + pid);
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** What clients' commands begin with. */
  List<String> clients() {
    return enter(clients);
  }

  List<String> proxy() {
    return enter(proxy);
  }

  /** Where the servers are to listen. */
  String serverAddress() {
    return network + ".1.1";
  }

  /** Where the proxy is to listen. */
  String proxyAddress() {
    return network + ".1.2";
  }

  /** Options of our own clients: as if they were many hosts. */
  List<String> sources() {
    return List.of("-b", network + ".2." + FIRST_SOURCE, "-n", Integer.toString(SOURCES));
  }

  private static List<String> enter(String namespace) {
    return List.of("ip", "netns", "exec", namespace);
  }

  private void build(String link) {
    ip("netns add " + clients);
    ip("netns add " + proxy);
    ip("link add %ss type veth peer name s netns %s".formatted(link, proxy));
    ip("addr add %s/24 dev %ss".formatted(serverAddress(), link));
    ip("link set %ss up".formatted(link));
    ip("-n %s addr add %s/24 dev s".formatted(proxy, proxyAddress()));
    ip("-n %s link set s up".formatted(proxy));
    ip("-n %s link set lo up".formatted(proxy));
    ip("-n %s link add c type veth peer name p netns %s".formatted(proxy, clients));
    ip("-n %s addr add %s.2.1/24 dev c".formatted(proxy, network));
    ip("-n %s link set c up".formatted(proxy));
    ip("-n %s link set lo up".formatted(clients));
    ip("-n %s link set p up".formatted(clients));
    for (int i = 0; i < SOURCES; i++) {
      ip("-n %s addr add %s.2.%d/24 dev p".formatted(clients, network, FIRST_SOURCE + i));
    }
    ip("-n %s route add default via %s.2.1".formatted(clients, network));
  }

  /** Removes those of runs that have died; links go with their namespaces. */
  static void sweep() {
    Project.run(5, "ip", "netns", "list")
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .filter(name -> name.startsWith(MARK + "-"))
        .filter(name -> ProcessHandle.of(Long.parseLong(name.split("-", -1)[1])).isEmpty())
        .forEach(name -> ip("netns del " + name));
  }

  private static void ip(String command) {
    Project.run(
        10,
        Stream.concat(Stream.of("ip"), Arrays.stream(command.split(" ", -1)))
            .toArray(String[]::new));
  }

  @Override
  public void close() {
    String there = Project.run(5, "ip", "netns", "list");
    for (String name : List.of(clients, proxy)) {
      if (there.contains(name)) {
        ip("netns del " + name);
      }
    }
  }
}
