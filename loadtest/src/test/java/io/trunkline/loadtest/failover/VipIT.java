package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.VirtualAddress;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Target;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients connect to an address that one of three proxies has. */
@ExtendWith(SharedLab.class)
class VipIT {

  @Test
  void theAddressOutlivesTheProxyThatHasIt(Lab lab) {
    VirtualAddress vip = VirtualAddress.enable(lab);
    try {
      Expect.within("a master", Duration.ofSeconds(20), () -> vip.holder(lab).isPresent());
      lab.awaitServing(5000, Duration.ofSeconds(30));
      Duration second = Duration.ofSeconds(1);
      Target target = lab.target(vip, 5000).withTimeouts(second, second, Duration.ofSeconds(3));
      try (Writer writer = Writer.start("vip-" + System.nanoTime(), target)) {
        Expect.within("commits", Duration.ofSeconds(10), () -> acknowledged(writer.samples()) > 50);
        ProxyNode holder = vip.holder(lab).orElseThrow();
        holder.kill9(Service.TRUNKLINE);
        long before = acknowledged(writer.samples());
        Expect.within(
            "commits through the next proxy",
            Duration.ofSeconds(20),
            () -> acknowledged(writer.samples()) > before + 50);
        Expect.within(
            "the kernel has removed the address from the dead node",
            Duration.ofSeconds(10),
            () -> !holder.exec("ip", "-4", "addr", "show", "eth0").contains(vip.address() + "/"));
        Verdict verdict = Verdict.of(writer, lab);
        assertThat(verdict.lost()).as("%s", verdict).isZero();
        assertThat(verdict.readOnly()).as("%s", verdict).isZero();
      }
    } finally {
      VirtualAddress.disable(lab);
    }
  }

  private static long acknowledged(List<Sample> samples) {
    return samples.stream().filter(Sample::acknowledged).count();
  }
}
