package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.bench.Svg;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.ProxyState;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the proxies hold at the end of each calm, over time: a line for each proxy. */
record ResourceChart(List<Calm> calms) {
  private static final int WIDTH = 860;
  private static final int LEFT = 80;
  private static final int RIGHT = 130;
  private static final int TOP = 70;
  private static final int PANEL = 150;
  private static final int GAP = 45;
  private static final double MEGABYTE = 1024 * 1024;

  /** A chart of its own, above or below the others. */
  private record Panel(String title, ToDoubleFunction<ProxyState> value) {}

  private static final List<Panel> PANELS =
      List.of(
          new Panel("resident memory, MB", state -> state.resident() / MEGABYTE),
          new Panel("heap after garbage collection, MB", state -> state.heap() / MEGABYTE),
          new Panel("descriptors that are not for sessions", ProxyState::otherDescriptors),
          new Panel("threads", ProxyState::threads));

  String svg() {
    Svg svg =
        new Svg(
            WIDTH,
            TOP + PANELS.size() * (PANEL + GAP),
            "Resources of the proxies at the end of each calm");
    for (int i = 0; i < PANELS.size(); i++) {
      draw(svg, PANELS.get(i), TOP + i * (PANEL + GAP));
    }
    List<ProxyState> proxies = calms.getFirst().proxies();
    for (int i = 0; i < proxies.size(); i++) {
      double y = TOP + 22.0 * i + 10;
      svg.rectangle(WIDTH - RIGHT + 24, y - 9, 12, 12, Svg.COLOURS.get(i));
      svg.text(WIDTH - RIGHT + 44, y + 2, "start", proxies.get(i).proxy());
    }
    return svg.document();
  }

  private void draw(Svg svg, Panel panel, int top) {
    double most =
        calms.stream()
            .flatMap(calm -> calm.proxies().stream())
            .mapToDouble(panel.value)
            .max()
            .orElse(1);
    double scale = Math.max(1, most * 1.1);
    svg.text(LEFT, top - 8, "start", panel.title);
    for (double share : new double[] {0, 0.5, 1}) {
      double y = top + PANEL * (1 - share);
      svg.line(LEFT, y, WIDTH - RIGHT, y, Svg.FAINT, 1);
      svg.text(LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%.0f", scale * share));
    }
    svg.text(LEFT, top + PANEL + 16, "middle", "0");
    svg.text(
        WIDTH - RIGHT,
        top + PANEL + 16,
        "end",
        String.format(Locale.ROOT, "%.0f minutes", duration()));
    for (int proxy = 0; proxy < calms.getFirst().proxies().size(); proxy++) {
      line(svg, panel, proxy, top, scale);
    }
  }

  private void line(Svg svg, Panel panel, int proxy, int top, double scale) {
    double lastX = 0;
    double lastY = 0;
    for (int i = 0; i < calms.size(); i++) {
      Calm calm = calms.get(i);
      double x =
          LEFT
              + (WIDTH - RIGHT - LEFT)
                  * SoakReport.minute(calms, calm)
                  / Math.max(duration(), Double.MIN_NORMAL);
      double y = top + PANEL * (1 - panel.value.applyAsDouble(calm.proxies().get(proxy)) / scale);
      svg.dot(x, y, Svg.COLOURS.get(proxy));
      if (i > 0) {
        svg.line(lastX, lastY, x, y, Svg.COLOURS.get(proxy), 2);
      }
      lastX = x;
      lastY = y;
    }
  }

  private double duration() {
    return SoakReport.minute(calms, calms.getLast());
  }
}
