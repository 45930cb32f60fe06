package io.trunkline.loadtest.takeover;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.VirtualAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Trunkline on the first node and keepalived on the second share four addresses: versions 2 and 3,
 * each with Trunkline and with keepalived as the preferred holder. They are left alone, and every
 * change of state is counted; then each stops and comes back.
 */
final class KeepalivedPeer {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<Pair> PAIRS =
      List.of(
          new Pair(11, 2, true),
          new Pair(12, 2, false),
          new Pair(13, 3, true),
          new Pair(14, 3, false));

  private final Lab lab;
  private final ProxyNode trunkline;
  private final ProxyNode keepalived;

  /** One address of the two. */
  private record Pair(int number, int version, boolean trunklinePreferred) {}

  KeepalivedPeer(Lab lab) {
    this.lab = lab;
    trunkline = lab.proxy(1);
    keepalived = lab.proxy(2);
  }

  /** Runs it and returns what happened, in sentences; fails if they do not converge. */
  String run(Duration quiet) {
    configure();
    trunkline.start(Service.TRUNKLINE);
    keepalived.start(Service.KEEPALIVED);
    converge("at the start", true, true);
    Group.sleep(Duration.ofSeconds(5));
    long trunklineBefore = trunklineTransitions();
    long keepalivedBefore = keepalivedTransitions();
    Group.sleep(quiet);
    long trunklineChanges = trunklineTransitions() - trunklineBefore;
    long keepalivedChanges = keepalivedTransitions() - keepalivedBefore;
    converge("after the quiet time", true, true);
    keepalived.stop(Service.KEEPALIVED);
    converge("without keepalived", true, false);
    keepalived.start(Service.KEEPALIVED);
    converge("with keepalived again", true, true);
    trunkline.kill9(Service.TRUNKLINE);
    converge("without Trunkline", false, true);
    trunkline.start(Service.TRUNKLINE);
    converge("with Trunkline again", true, true);
    trunkline.kill9(Service.TRUNKLINE);
    keepalived.stop(Service.KEEPALIVED);
    return """
    %s beside Trunkline, versions 2 and 3, each preferred once: converged at the start, when either \
    stopped, and when it came back.
    Changes of state in %d s left alone: Trunkline %d, keepalived %d.
    """
        .formatted(version(), quiet.toSeconds(), trunklineChanges, keepalivedChanges);
  }

  private void converge(String when, boolean trunklineRuns, boolean keepalivedRuns) {
    Group.await(
        "every address where it belongs " + when,
        LIMIT,
        () ->
            PAIRS.stream()
                .allMatch(
                    pair -> {
                      boolean here =
                          trunklineRuns && (pair.trunklinePreferred() || !keepalivedRuns);
                      Group group = new Group(lab, address(pair));
                      return group.holds(trunkline) == here && group.holds(keepalived) == !here;
                    }));
  }

  private long trunklineTransitions() {
    long count = 0;
    for (JsonNode vip : trunkline.status().path("vips")) {
      count += vip.path("transitions").size();
    }
    return count;
  }

  private long keepalivedTransitions() {
    try {
      return Files.readString(keepalived.file("log/keepalived.log"))
          .lines()
          .filter(line -> line.contains(" Entering "))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String version() {
    return keepalived.exec("sh", "-c", "keepalived --version 2>&1 | head -n 1").strip();
  }

  private String address(Pair pair) {
    return lab.spareAddress(pair.number());
  }

  private void configure() {
    String vips =
        PAIRS.stream()
            .map(
                pair ->
                    "  - {name: v%d, interface: eth0, addresses: [%s/32], vrrp: {router_id: %d, priority: %d, %s}}%n"
                        .formatted(
                            pair.number(),
                            address(pair),
                            pair.number(),
                            pair.trunklinePreferred() ? 100 : 90,
                            pair.version() == 2
                                ? "version: 2, auth_pass: changeme123"
                                : "version: 3, advert_interval: 300ms"))
            .collect(Collectors.joining("", "vips:\n", ""));
    VirtualAddress.configure(trunkline, vips);
    String instances =
        PAIRS.stream()
            .map(
                pair ->
                    """
                    vrrp_instance V%1$d {
                        state BACKUP
                        interface eth0
                        version %2$d
                        virtual_router_id %1$d
                        priority %3$d
                        %4$s
                        virtual_ipaddress {
                            %5$s
                        }
                    }
                    """
                        .formatted(
                            pair.number(),
                            pair.version(),
                            pair.trunklinePreferred() ? 90 : 100,
                            pair.version() == 2
                                ? "advert_int 1\n    authentication {\n        auth_type PASS\n"
                                    + "        auth_pass changeme123\n    }"
                                : "advert_int 0.3",
                            address(pair)))
            .collect(Collectors.joining());
    keepalived.write("etc/keepalived.conf", instances);
  }
}
