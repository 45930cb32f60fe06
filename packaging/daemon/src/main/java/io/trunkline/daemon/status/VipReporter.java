package io.trunkline.daemon.status;

import io.trunkline.daemon.status.VipReport.MasterReport;
import io.trunkline.daemon.status.VipReport.TransitionReport;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.VipTransition;
import java.net.InetAddress;

/** Writes the part of the report that is about one VIP. */
final class VipReporter {
  private VipReporter() {}

  static VipReport report(VipStatus vip) {
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
        vip.recent().stream().map(VipReporter::transition).toList());
  }

  private static TransitionReport transition(VipTransition change) {
    return new TransitionReport(
        Timestamps.text(change.at()),
        change.from().label(),
        change.to().label(),
        change.reason().label());
  }
}
