package io.trunkline.vip.kernel;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A network namespace with eth0 on the lab's bridge. */
final class Host {
  private final Lab lab;
  private final String namespace;
  private final String port;
  private final String address;

  Host(Lab lab, String namespace, String port, String address) {
    this.lab = lab;
    this.namespace = namespace;
    this.port = port;
    this.address = address;
  }

  String ip() {
    return address.substring(0, address.indexOf('/'));
  }

  /** Makes the interface, and gives it its address. */
  void plug() {
    Shell.run(
        "ip -n %s link add %s type veth peer name eth0 netns %s"
            .formatted(lab.bridge(), port, namespace));
    Shell.run("ip -n %s link set %s master br0 up".formatted(lab.bridge(), port));
    Shell.run("ip -n %s addr add %s dev eth0".formatted(namespace, address));
    Shell.run("ip -n %s link set eth0 up".formatted(namespace));
    Await.until("carrier", Duration.ofSeconds(5), () -> addresses().contains("inet6 fe80"));
  }

  /** Pulls the interface out of the host: it is gone. */
  void unplug() {
    Shell.run("ip -n %s link del %s".formatted(lab.bridge(), port));
  }

  /** Cuts it off without its noticing. */
  void cutOff() {
    Shell.run("ip -n %s link set %s nomaster".formatted(lab.bridge(), port));
  }

  void connect() {
    Shell.run("ip -n %s link set %s master br0".formatted(lab.bridge(), port));
  }

  void ip(String command) {
    Shell.run("ip -n " + namespace + " " + command);
  }

  String addresses() {
    return Shell.run("ip -n " + namespace + " -o addr show dev eth0");
  }

  boolean has(String vip) {
    return Shell.run("ip -n " + namespace + " -o addr show").contains(" " + vip + "/");
  }

  String mac() {
    String text = Shell.run("ip -n " + namespace + " -o link show dev eth0");
    int at = text.indexOf("link/ether ") + 11;
    return text.substring(at, at + 17);
  }

  Running exec(List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(command);
    return lab.track(new Running(all));
  }

  /** tcpdump, already listening. */
  Running capture(String filter) {
    Running running =
        exec(List.of("tcpdump", "-i", "eth0", "-nn", "-l", "-e", "--immediate-mode", filter));
    running.await(0, "tcpdump listening", l -> l.contains("listening on"), Duration.ofSeconds(5));
    return running;
  }

  Running keepalived(String config) {
    return exec(Keepalived.command(lab.file(config)));
  }
}
