package io.trunkline.loadtest.failover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A proxy that knows Patroni's REST API and no etcd, as with Consul or Kubernetes. */
@ExtendWith(SharedLab.class)
class RestOnlyIT {

  @Test
  void aSwitchoverRefusesNobody(Lab lab) throws IOException {
    ProxyNode proxy = lab.proxy(3);
    String before = Files.readString(proxy.file("etc/trunkline.yaml"));
    String hosts =
        lab.members().stream()
            .map(Member::address)
            .map(address -> address + ":8008")
            .collect(Collectors.joining(", "));
    proxy.configure(
        """
        node: proxy-3
        clusters:
          - scope: lab
            patroni: {hosts: [%s]}
        admin: {bind: "0.0.0.0:7000"}
        """
            .formatted(hosts));
    proxy.restart();
    try {
      Trial trial = Trial.run(Scenario.SWITCHOVER, lab, proxy);
      Expect.safe(trial);
      Expect.nobodyRefused(trial);
    } finally {
      proxy.configure(before);
      proxy.restart();
    }
  }
}
