package io.trunkline.loadtest.takeover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.VirtualAddress;

/**
 * Trunkline on every node.
 *
 * @param vrrp what the group's {@code vrrp} section says besides the priority
 */
record TrunklineStack(String title, Group group, String prefix, String vrrp) implements Stack {
  private static final int[] PRIORITIES = {100, 90, 80};

  /** Version 3, and this interval. */
  static TrunklineStack fast(Group group, String interval) {
    return new TrunklineStack(
        "Trunkline, " + interval, group, "/24", "advert_interval: " + interval);
  }

  /** As the keepalived files of the migration. */
  static TrunklineStack asKeepalived(Group group) {
    return new TrunklineStack(
        "Trunkline, version 2",
        group,
        "/32",
        "version: 2, router_id: 51, advert_interval: 1s, auth_pass: changeme123");
  }

  @Override
  public void start() {
    group.nodes().forEach(this::startOn);
  }

  @Override
  public void startOn(ProxyNode node) {
    configure(node);
    node.start(Service.TRUNKLINE);
  }

  @Override
  public void stopOn(ProxyNode node) {
    node.stop(Service.TRUNKLINE);
  }

  @Override
  public boolean settled() {
    return group.nodes().stream().allMatch(this::inItsPlace);
  }

  @Override
  public String terminate() {
    return "svc signal-term trunkline";
  }

  @Override
  public String kill() {
    return "svc kill trunkline";
  }

  @Override
  public String freeze() {
    return "svc pause trunkline";
  }

  @Override
  public void repair(ProxyNode node) {
    node.resume(Service.TRUNKLINE);
    if (!node.alive(Service.TRUNKLINE)) {
      node.start(Service.TRUNKLINE);
    }
  }

  int priority(ProxyNode node) {
    return PRIORITIES[group.nodes().indexOf(node)];
  }

  private void configure(ProxyNode node) {
    VirtualAddress.configure(
        node,
        """
        warm_up: 3s
        vips:
          - name: main
            interface: eth0
            addresses: [%s%s]
            vrrp: {priority: %d, %s}
        """
            .formatted(group.address(), prefix, priority(node), vrrp));
  }

  /**
   * What {@code trunkline drain} and {@code undrain} ask of the daemon, without their own start.
   */
  static String command(String command) {
    return "curl -sSf --unix-socket /run/trunkline/admin.sock -X POST http://localhost/api/v1/"
        + command;
  }

  /** The priority that the node advertises, or would; 0 if it does not run. */
  int bid(ProxyNode node) {
    return status(node).path("priority").asInt();
  }

  /** Whether the node runs, can take the address, and has it if it should. */
  boolean inItsPlace(ProxyNode node) {
    String expected = node.equals(group.first()) ? "master" : "backup";
    JsonNode vip = status(node);
    return vip.path("state").asText().equals(expected)
        && vip.path("priority").asInt() == priority(node);
  }

  private static JsonNode status(ProxyNode node) {
    try {
      return node.status().path("vips").path(0);
    } catch (LabException e) {
      return MissingNode.getInstance(); // it does not run
    }
  }
}
