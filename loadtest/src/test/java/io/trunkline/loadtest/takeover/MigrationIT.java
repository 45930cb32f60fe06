package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.failover.SharedLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.VirtualAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The proxy nodes of users of keepalived and HAProxy become Trunkline's, one at a time. */
@ExtendWith(SharedLab.class)
@Isolated("a starved proxy lets its address go")
class MigrationIT {
  private static final int PORT = 5000;

  @Test
  void clientsStayThroughAMigrationFromKeepalived(Lab lab) {
    Group group = new Group(lab, lab.spareAddress(2));
    group.nodes().forEach(node -> node.stop(Service.TRUNKLINE));
    try (Probes probes = new Probes(group, PORT)) {
      List<Migration.Step> steps = new Migration(group, probes).run();
      for (Migration.Step step : steps.subList(0, 2)) {
        assertThat(step.failed()).as("a node without the address: %s", step).isEmpty();
        assertThat(step.heldEnded()).as("a node without the address: %s", step).isZero();
      }
      assertThat(steps.getLast().gap()).as("ms: %s", steps.getLast()).isLessThan(10_000);
      assertThat(group.holders()).containsExactly(group.first());
    } finally {
      for (var node : group.nodes()) {
        node.stop(Service.KEEPALIVED);
        node.stop(Service.HAPROXY);
        group.removeLeftover(node);
      }
      VirtualAddress.disable(lab);
    }
  }
}
