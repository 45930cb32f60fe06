package io.trunkline.loadtest.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.loadtest.failover.SharedLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, with our rules, looks at real daemons while things break. */
@ExtendWith(SharedLab.class)
class PrometheusIT {
  private static final Path DASHBOARD = Project.file("packaging/grafana/trunkline.json");

  @TempDir Path directory;

  @Test
  void itSeesThatAllIsWellAndWhatIsNot(Lab lab) throws Exception {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    List<String> targets = lab.proxies().stream().map(PrometheusIT::target).toList();
    ProxyNode refusing = lab.proxy(2);
    ProxyNode killed = lab.proxy(3);
    String good = Files.readString(refusing.file("etc/trunkline.yaml"));
    try (PrometheusServer prometheus = new PrometheusServer(directory, targets)) {
      await(prometheus, "all are scraped", () -> prometheus.query("up == 1").size() == 3);
      await(
          prometheus,
          "the recording rules have values",
          () ->
              prometheus.holds("job_cluster:trunkline_writes_routed:max == 1")
                  && prometheus.query("instance_cluster:trunkline_writes_routed:bool == 1").size()
                      == 3
                  && prometheus.holds("job_cluster_listener:trunkline_listener_connections:sum"));
      await(prometheus, "no alert is left", () -> prometheus.query("ALERTS").isEmpty());
      everyRuleAndEveryPanelCanBeEvaluated(prometheus);

      refusing.configure(good + "nonsense: true\n");
      refusing.exec("sh", "-c", "kill -HUP $(cat /lab/run/trunkline.pid)");
      killed.kill9(Service.TRUNKLINE);
      lab.members().forEach(member -> member.kill9(Service.PATRONI));
      awaitPending(prometheus, "TrunklineDown", "instance=\"" + target(killed) + "\"");
      awaitPending(prometheus, "TrunklineReloadFailed", "instance=\"" + target(refusing) + "\"");
      awaitPending(prometheus, "TrunklineNoPrimary", "cluster=~\".+\"");
      everyRuleAndEveryPanelCanBeEvaluated(prometheus);
      assertThat(prometheus.complaints()).doesNotContain("err=");
    } finally {
      refusing.configure(good);
    }
  }

  private static String target(ProxyNode node) {
    return node.address() + ":7000";
  }

  private static void awaitPending(PrometheusServer prometheus, String alert, String labels)
      throws Exception {
    String expression =
        "ALERTS{alertname=\"%s\",%s,alertstate=~\"pending|firing\"}".formatted(alert, labels);
    await(prometheus, expression, () -> prometheus.holds(expression));
  }

  /** What promtool cannot know: whether labels match in the data that there is. */
  private static void everyRuleAndEveryPanelCanBeEvaluated(PrometheusServer prometheus)
      throws IOException {
    for (JsonNode group : prometheus.rules()) {
      for (JsonNode rule : group.path("rules")) {
        assertThat(rule.path("lastError").asText()).as(rule.path("name").asText()).isEmpty();
      }
    }
    for (JsonNode query : new ObjectMapper().readTree(DASHBOARD.toFile()).findValues("expr")) {
      prometheus.query(
          query
              .asText()
              .replace("$__rate_interval", "5m")
              .replace("$__range", "1h")
              .replaceAll("\\$(job|cluster|node)", ".+"));
    }
  }

  private static void await(PrometheusServer prometheus, String what, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!prometheus.ready() || !condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as("%s, in 60 s; Prometheus says:%n%s", what, prometheus.complaints())
          .isLessThan(deadline);
      Thread.sleep(200);
    }
  }
}
