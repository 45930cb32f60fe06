package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * HAProxy and keepalived on every node, with keepalived's files as users have them (the resources
 * {@code keepalived-haproxy-0*.conf}, of which only the interface and the address are replaced), or
 * tuned: version 3, an advertisement every 100 ms.
 */
record ClassicStack(Group group, boolean tuned) implements Stack {
  private static final String CHECK = "/etc/keepalived/check_haproxy.sh";

  @Override
  public String title() {
    return tuned ? "keepalived + HAProxy, tuned" : "keepalived + HAProxy";
  }

  /** Makes the group's nodes ready for it. */
  static void prepare(Lab lab, ProxyKind haproxy) {
    lab.configureHaproxy(haproxy);
    for (ProxyNode node : lab.proxies()) {
      node.write("etc/check_haproxy.sh", resource("check_haproxy.sh"));
      node.exec("install", "-D", "-m", "755", "/lab/etc/check_haproxy.sh", CHECK);
    }
  }

  @Override
  public void start() {
    prepare(group.lab(), tuned ? ProxyKind.HAPROXY_TUNED : ProxyKind.HAPROXY);
    group.nodes().forEach(this::startOn);
  }

  @Override
  public void startOn(ProxyNode node) {
    node.write("etc/keepalived.conf", configuration(group.nodes().indexOf(node) + 1));
    node.start(Service.HAPROXY);
    node.start(Service.KEEPALIVED);
  }

  @Override
  public void stopOn(ProxyNode node) {
    node.stop(Service.KEEPALIVED);
    node.stop(Service.HAPROXY);
  }

  /** keepalived does not say what it would do; its log tells when the check has succeeded. */
  @Override
  public boolean settled() {
    return group.holders().equals(List.of(group.first()))
        && group.nodes().stream()
            .allMatch(node -> node.alive(Service.KEEPALIVED) && node.alive(Service.HAPROXY));
  }

  @Override
  public String terminate() {
    return "svc signal-term keepalived";
  }

  @Override
  public String kill() {
    return "pkill -KILL -x keepalived; pkill -KILL -x haproxy";
  }

  @Override
  public String freeze() {
    return "pkill -STOP -x keepalived; pkill -STOP -x haproxy";
  }

  @Override
  public void repair(ProxyNode node) {
    node.exec("sh", "-c", "pkill -CONT -x keepalived; pkill -CONT -x haproxy; true");
    if (!node.alive(Service.KEEPALIVED)) {
      group.removeLeftover(node);
    }
    node.start(Service.HAPROXY);
    node.start(Service.KEEPALIVED);
  }

  private String configuration(int number) {
    String users =
        resource("keepalived-haproxy-0" + number + ".conf")
            .replace("enp0s3", "eth0")
            .replace("192.168.0.210", group.address());
    return tuned
        ? users
            .replace("global_defs {", "global_defs {\n    vrrp_version 3")
            .replaceAll("(?s)    authentication \\{.*?}\n", "")
            .replace("advert_int 1\n", "advert_int 0.1\n")
        : users;
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(ClassicStack.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
