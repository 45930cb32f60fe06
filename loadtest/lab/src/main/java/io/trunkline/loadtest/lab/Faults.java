package io.trunkline.loadtest.lab;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Faults of the network, made with iptables inside the nodes, or where it says so on the wires
 * between them. Dropped means in silence: no reset, no ICMP, and connections that are open hang.
 * Commands still reach a node that is cut off.
 */
public final class Faults {
  private final Lab lab;
  private final Wires wires = new Wires();

  Faults(Lab lab) {
    this.lab = lab;
  }

  /** Drops every IP packet to and from the node; ARP and VRRP pass, see {@link #unplug}. */
  public void cutOff(Node node) {
    apply(node, "iptables -w -I INPUT ! -i lo -j DROP; iptables -w -I OUTPUT ! -o lo -j DROP");
  }

  /** Drops every IP packet that the node sends; it hears the others, and ARP and VRRP pass. */
  public void cutOneWay(Node node) {
    apply(node, "iptables -w -I OUTPUT ! -o lo -j DROP");
  }

  /**
   * Drops every frame to and from these nodes, ARP and VRRP included; the carrier stays. There is
   * one such fault at a time: the next {@code unplug} or {@code split} takes its place. Returns the
   * moment before.
   */
  public Instant unplug(Node... nodes) {
    return wires.unplug(List.of(nodes));
  }

  /**
   * Drops every frame between the two groups, as a switch does that falls into two. Returns the
   * moment before.
   */
  public Instant split(Collection<? extends Node> left, Collection<? extends Node> right) {
    return wires.split(left, right);
  }

  /** Ends {@code unplug} or {@code split}, at one instant. Returns the moment before. */
  public Instant rejoin() {
    return wires.rejoin();
  }

  /** Drops everything between two machines. */
  public void cutLink(Node a, Peer b) {
    apply(a, drop(b));
  }

  /** Drops everything between the two groups; within each all is well. */
  public void partition(Collection<? extends Peer> left, Collection<? extends Peer> right) {
    Collection<Node> nodes = nodes(left);
    boolean leftHasClient = nodes.size() < left.size();
    // The client's side has no rules of its own: the other side drops for it.
    Collection<Node> appliers = leftHasClient ? nodes(right) : nodes;
    Collection<? extends Peer> others = leftHasClient ? left : right;
    String rules = others.stream().map(Faults::drop).collect(Collectors.joining("; "));
    Parallel.forEach(appliers, node -> apply(node, rules));
  }

  /** The node reaches these TCP ports on no other machine: its packets vanish. */
  public void cutPorts(Node node, int... ports) {
    for (int port : ports) {
      apply(
          node,
          ("iptables -w -I OUTPUT ! -o lo -p tcp --dport %1$d -j DROP; "
                  + "iptables -w -I INPUT ! -i lo -p tcp --sport %1$d -j DROP")
              .formatted(port));
    }
  }

  /** No other machine reaches this TCP port of the node: packets vanish. */
  public void dropPort(Node node, int port) {
    apply(
        node,
        ("iptables -w -I INPUT ! -i lo -p tcp --dport %1$d -j DROP; "
                + "iptables -w -I OUTPUT ! -o lo -p tcp --sport %1$d -j DROP")
            .formatted(port));
  }

  /** Every other machine is refused at this TCP port of the node, open connections included. */
  public void refusePort(Node node, int port) {
    apply(
        node,
        "iptables -w -I INPUT ! -i lo -p tcp --dport %d -j REJECT --reject-with tcp-reset"
            .formatted(port));
  }

  /** Patroni's REST API of this member does not answer; Patroni itself works on. */
  public void dropRest(Member member) {
    dropPort(member, Member.REST_PORT);
  }

  public void refuseRest(Member member) {
    refusePort(member, Member.REST_PORT);
  }

  /** Limits what the node sends, for instance to {@code 256kbit}: queues build up, and delays. */
  public void slow(Node node, String rate) {
    apply(node, "tc qdisc replace dev eth0 root tbf rate " + rate + " burst 4kb latency 2s");
  }

  /** Drops this share (0 to 1) of the packets in each direction. */
  public void lossy(Node node, double share) {
    String match =
        String.format(Locale.ROOT, "-m statistic --mode random --probability %.3f -j DROP", share);
    apply(
        node, "iptables -w -I INPUT ! -i lo " + match + "; iptables -w -I OUTPUT ! -o lo " + match);
  }

  /** Stops etcd on the last {@code count} of the nodes that run it. */
  public void stopEtcd(int count) {
    List<Member> running = lab.members().stream().filter(Member::runsEtcd).toList();
    Parallel.forEach(
        running.subList(running.size() - count, running.size()), m -> m.kill9(Service.ETCD));
  }

  /** Ends every network fault of the node. */
  public void restore(Node node) {
    apply(
        node,
        "iptables -w -F INPUT; iptables -w -F OUTPUT; tc qdisc del dev eth0 root 2>&1 || true");
  }

  /** Ends every network fault. */
  public void restore() {
    rejoin();
    Parallel.forEach(lab.nodes(), this::restore);
  }

  private static String drop(Peer peer) {
    return "iptables -w -I INPUT -s %1$s -j DROP; iptables -w -I OUTPUT -d %1$s -j DROP"
        .formatted(peer.address());
  }

  private static Collection<Node> nodes(Collection<? extends Peer> peers) {
    return peers.stream().filter(Node.class::isInstance).map(Node.class::cast).toList();
  }

  private static void apply(Node node, String commands) {
    node.exec("sh", "-e", "-c", commands);
  }
}
