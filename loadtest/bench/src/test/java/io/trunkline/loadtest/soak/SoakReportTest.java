package io.trunkline.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.soak.Finding.Rule;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.Counted;
import io.trunkline.loadtest.soak.History.ProxyState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SoakReportTest {
  private static Calm calm(int round, long megabytes) {
    ProxyState state =
        new ProxyState("proxy-1", true, "", true, 0, 7, megabytes << 20, 40 << 20, 60, 33);
    return new Calm(round, Instant.ofEpochSecond(90L * round), List.of(state));
  }

  private static SoakReport report(Finding... findings) {
    History history =
        new History(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(new Struck(Verb.DISK_FULL, "proxy-1", Instant.EPOCH, Instant.EPOCH, "no room")),
            List.of(calm(1, 200), calm(2, 300)),
            new Counted(0, 0, 0, 0, 0),
            List.of(),
            new GroundTruth(List.of(), List.of(), List.of(), List.of(), Map.of()));
    return new SoakReport(42, history, List.of(findings));
  }

  @Test
  void whatIsPrinted() {
    SoakReport report = report(new Finding(Rule.HANGS, Instant.EPOCH, "attempt 1"));
    assertThat(report.kept()).isFalse();
    assertThat(report.toString())
        .contains("seed 42, 2 rounds", "1 × disk of the state full", "of these 1 could not")
        .contains("    1  " + Rule.HANGS.title(), "attempt 1", "NOT every rule was kept");
  }

  @Test
  void patronisShareBreaksNoRule() {
    SoakReport report = report(new Finding(Rule.LOST_BY_PATRONI, Instant.EPOCH, "w 1"));
    assertThat(report.kept()).isTrue();
    assertThat(report.toString()).contains("w 1", "every rule was kept");
  }

  @Test
  void aRowForEachProxyAndCalm() {
    assertThat(report().resources())
        .isEqualTo(
            SoakReport.COLUMNS
                + "0.0\t1\tproxy-1\ttrue\ttrue\t0\t7\t209715200\t41943040\t60\t46\t33\n"
                + "1.5\t2\tproxy-1\ttrue\ttrue\t0\t7\t314572800\t41943040\t60\t46\t33\n");
  }

  @Test
  void thePictureHasALineForEachProxyInEachPanel() {
    String svg = new ResourceChart(report().history().calms()).svg();
    assertThat(svg).contains("proxy-1", "resident memory, MB", "threads", "2 minutes", "<svg ");
    assertThat(svg.lines().filter(line -> line.startsWith("<circle"))).hasSize(8);
  }
}
