package io.trunkline.daemon.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.VipTransition;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A VIP as this node sees it.
 *
 * @param networkInterface that gets the addresses
 * @param state of this node: initialize, backup or master
 * @param reason of the last transition
 * @param why this node is, or is not, the master: a sentence
 * @param since when the state began
 * @param mode vrrp, etcd or leader
 * @param holder who has the addresses, as far as this node knows: an address, a node or a member;
 *     null: nobody is known
 * @param master mode vrrp: the same with its priority; else null
 * @param priority mode vrrp: what this node bids with now; else null
 * @param serving whether this node bids as one that serves
 * @param transitions the last ones, oldest first
 */
public record VipReport(
    String name,
    @JsonProperty("interface") String networkInterface,
    List<String> addresses,
    String state,
    String reason,
    String why,
    String since,
    String mode,
    @Nullable String holder,
    @Nullable MasterReport master,
    @Nullable Integer priority,
    boolean serving,
    List<TransitionReport> transitions) {

  /** The node that has the addresses. */
  public record MasterReport(String address, int priority) {}

  /** From one state to another. */
  public record TransitionReport(String at, String from, String to, String reason) {}

  static VipReport of(VipStatus vip) {
    return new VipReport(
        vip.name(),
        vip.networkInterface(),
        vip.addresses().stream().map(InetAddress::getHostAddress).toList(),
        vip.state().label(),
        vip.reason().label(),
        vip.why(),
        Timestamps.text(vip.since()),
        vip.mode().label(),
        vip.holder().orElse(null),
        vip.master()
            .map(seen -> new MasterReport(seen.address().getHostAddress(), seen.priority()))
            .orElse(null),
        vip.priority().isPresent() ? vip.priority().getAsInt() : null,
        vip.serving(),
        vip.recent().stream().map(VipReport::transition).toList());
  }

  private static TransitionReport transition(VipTransition change) {
    return new TransitionReport(
        Timestamps.text(change.at()),
        change.from().label(),
        change.to().label(),
        change.reason().label());
  }
}
