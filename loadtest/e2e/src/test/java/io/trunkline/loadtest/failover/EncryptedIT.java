package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import org.junit.jupiter.api.Test;

/** Everything speaks TLS: etcd with client certificates, Patroni, and the client end to end. */
class EncryptedIT {

  @Test
  void aSwitchoverUnderTlsRefusesNobody() {
    LabOptions options = LabOptions.encrypted().withProxies(ProxyKind.TRUNKLINE);
    try (Lab lab = Lab.start(options)) {
      Trial trial = Trial.run(Scenario.SWITCHOVER, lab, lab.proxy(1));
      Expect.safe(trial);
      Expect.nobodyRefused(trial);
      assertThat(trial.writes().sessions()).isEqualTo(2);
    }
  }
}
