package io.trunkline.daemon.admin;

import io.trunkline.daemon.SampleVips;
import io.trunkline.daemon.admin.AdminService.Limits;
import io.trunkline.routing.Event.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Looks at the dashboard in each state, on a phone and on a desk, in the light and in the dark:
 * checks what can be checked and takes pictures. {@code make page-shots}.
 */
final class PageShots {
  private static final Feed.Pace FAST =
      new Feed.Pace(
          16,
          Duration.ofMillis(10),
          Duration.ofMillis(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          200);
  private static final Feed.Pace NO_STREAM =
      new Feed.Pace(
          0,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          0);
  private static final String EVIL = "<img src=x onerror=\"document.title='owned'\">";
  private static final int LONGEST = 3_200;

  private final Browser browser;
  private final Path shots;
  private final List<String> failures = new ArrayList<>();

  /**
   * A state of the page.
   *
   * @param setUp brings the node into it
   * @param shown is true in the browser once it shows
   */
  private record State(Consumer<PageShotState> setUp, Feed.Pace pace, boolean lost, String shown) {
    static State of(Consumer<PageShotState> setUp, String text) {
      return new State(setUp, FAST, false, says(text));
    }

    static String says(String text) {
      return "document.body.innerText.includes(" + quoted(text) + ")";
    }

    private static String quoted(String text) {
      return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
  }

  private PageShots(Browser browser, Path shots) {
    this.browser = browser;
    this.shots = shots;
  }

  /**
   * Takes the pictures.
   *
   * @param args the browser's program, the directory for the pictures, names of states (all)
   */
  public static void main(String[] args) throws Exception {
    Path profile = Files.createTempDirectory("page-shots");
    Path shots = Files.createDirectories(Path.of(args[1]));
    List<String> wanted = List.of(args).subList(2, args.length);
    PageShots page;
    try (Browser browser = new Browser(args[0], profile)) {
      page = new PageShots(browser, shots);
      for (Map.Entry<String, State> state : states().entrySet()) {
        if (wanted.isEmpty() || wanted.contains(state.getKey())) {
          page.look(state.getKey(), state.getValue());
        }
      }
    } finally {
      delete(profile);
    }
    page.failures.forEach(System.err::println);
    System.out.println("pictures are in " + shots);
    System.exit(page.failures.isEmpty() ? 0 : 1);
  }

  private static Map<String, State> states() {
    Map<String, State> states = new LinkedHashMap<>();
    states.put("open", State.of(PageShots::open, "pg-1 is the primary"));
    states.put("failover", State.of(PageShots::failedOver, "writes were held 1.2 s"));
    states.put("switching", State.of(PageShots::switching, "Switchover: new clients are queued"));
    states.put("holding", State.of(PageShots::holding, "39 clients are queued"));
    states.put("degraded", State.of(PageShots::degraded, "etcd is lost"));
    states.put("isolated", State.of(PageShots::isolated, "This node may be cut off"));
    states.put("regression", State.of(PageShots::regression, "timeline regression"));
    states.put(
        "empty",
        State.of(
            page -> page.sessions("pg-1").waiting(2), "The state of main has not been read yet"));
    states.put("drained", State.of(PageShots::drained, "drained by root"));
    states.put("evil", State.of(PageShots::evil, EVIL));
    states.put(
        "polling", new State(PageShots::open, NO_STREAM, false, State.says("asks every 2 s")));
    states.put(
        "lost",
        new State(PageShots::open, FAST, true, State.says("connection to the daemon is lost")));
    return states;
  }

  private void look(String name, State state) throws Exception {
    System.out.println(name);
    Path directory = Files.createTempDirectory("page-story");
    try {
      PageShotState page = new PageShotState(directory);
      RunningAdmin admin =
          new RunningAdmin(directory, Limits.DEFAULT, page.facts(), state.pace(), page.history);
      try {
        browser.look(1280, false);
        browser.open(admin.uri("/"));
        browser.await("document.querySelector('#top .link') !== null");
        state.setUp().accept(page);
        if (state.lost()) {
          browser.await(State.says("pg-1 is the primary"));
          admin.close();
        }
        browser.await(state.shown());
        Thread.sleep(state.lost() ? 3_000 : 300);
        for (int width : new int[] {360, 1280}) {
          for (boolean dark : new boolean[] {false, true}) {
            shoot(name, width, dark);
          }
        }
      } finally {
        admin.close();
      }
    } finally {
      delete(directory);
    }
  }

  private void shoot(String name, int width, boolean dark) throws Exception {
    browser.look(width, dark);
    Thread.sleep(200);
    String shot = name + "-" + width + (dark ? "-dark" : "-light");
    check(
        shot,
        "no content wider than the page",
        "document.documentElement.scrollWidth <= innerWidth");
    check(shot, "no element from a name", "document.images.length === 0");
    check(shot, "no script from a name", "!document.title.includes('owned')");
    String faint = browser.evaluate(FAINT).asText();
    if (!faint.isEmpty()) {
      failures.add(shot + ": contrast below 4.5: " + faint);
    }
    browser.screenshot(shots.resolve(shot + ".png"), width, LONGEST);
  }

  private void check(String shot, String promise, String expression) throws Exception {
    if (!browser.evaluate(expression).asBoolean()) {
      failures.add(shot + ": not so: " + promise);
    }
  }

  /** The texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3). */
  private static final String FAINT =
      """
      (() => {
        const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
        const shine = rgb => rgb.slice(0, 3).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = node => {
          for (let at = node; at; at = at.parentElement) {
            const rgb = parse(getComputedStyle(at).backgroundColor);
            if (rgb.length === 3 || rgb[3] > 0) return rgb;
          }
          return [255, 255, 255];
        };
        const faint = new Set();
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode.parentElement;
          if (!walker.currentNode.data.trim() || node.closest('svg, noscript')) continue;
          const a = shine(parse(getComputedStyle(node).color));
          const b = shine(behind(node));
          const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (contrast < 4.5) faint.add(walker.currentNode.data + ' ' + contrast.toFixed(1));
        }
        return [...faint].slice(0, 5).join('; ');
      })()
      """;

  private static void beginning(PageShotState page, String primary, String... replicas) {
    page.vip(SampleVips.master()).sessions(primary, replicas);
    page.tell(Severity.INFO, "daemon_started", "version", "1.0.0", "node", "proxy-01");
    page.tell(Severity.INFO, "dcs_connected", "cluster", "main");
    page.tell(
        Severity.INFO,
        "write_route_changed",
        "cluster",
        "main",
        "from",
        "holding",
        "to",
        "open(" + primary + ")",
        "reason",
        "leader_key_and_sentinel",
        "why",
        "the member holds the leader key, and its PostgreSQL told the sentinel that it accepts"
            + " writes",
        "address",
        "10.0.0.1:5432",
        "after_ms",
        43);
    page.tell(
        Severity.INFO,
        "vip_state_changed",
        "vip",
        "main",
        "from",
        "backup",
        "to",
        "master",
        "reason",
        "master_silent",
        "why",
        "no advertisement from a master");
    run(page, 125, primary, replicas);
  }

  private static void run(PageShotState page, int seconds, String primary, String... replicas) {
    for (int i = 0; i < seconds; i++) {
      page.live(primary, replicas);
      pause(15);
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void open(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
  }

  private static void failedOver(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.dies("pg-1").leaderless();
    page.observe();
    page.tell(
        Severity.WARN,
        "rest_failed",
        "cluster",
        "main",
        "member",
        "pg-1",
        "reason",
        "connection refused");
    losesItsLeader(page);
    page.cluster.after(Duration.ofMillis(1_190)).leads("pg-2").primary("pg-2", 8);
    page.tell(
        Severity.INFO,
        "leader_changed",
        "cluster",
        "main",
        "from",
        "pg-1",
        "to",
        "pg-2",
        "revision",
        4711);
    page.cluster.after(Duration.ofMillis(43));
    page.tell(
        Severity.INFO,
        "write_route_changed",
        "cluster",
        "main",
        "from",
        "holding",
        "to",
        "open(pg-2)",
        "reason",
        "leader_key_and_rest",
        "why",
        "the member holds the leader key, and Patroni reports it as the running primary",
        "address",
        "10.0.0.2:5432",
        "after_ms",
        1_234);
    page.tell(
        Severity.WARN, "sessions_ended", "cluster", "main", "reason", "superseded", "count", 45);
    page.sessions("pg-2", "pg-3");
    run(page, 3, "pg-2", "pg-3");
  }

  private static void switching(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.switchover("pg-1", "pg-2");
    page.tell(
        Severity.INFO,
        "failover_requested",
        "cluster",
        "main",
        "leader",
        "pg-1",
        "candidate",
        "pg-2");
    page.tell(
        Severity.INFO,
        "write_route_changed",
        "cluster",
        "main",
        "from",
        "open(pg-1)",
        "to",
        "switching",
        "reason",
        "switchover_due",
        "why",
        "a switchover is in progress",
        "owner",
        "pg-1");
    run(page, 2, "pg-1", "pg-2", "pg-3");
  }

  private static void losesItsLeader(PageShotState page) {
    page.tell(Severity.WARN, "leader_key_lost", "cluster", "main", "member", "pg-1");
    page.tell(
        Severity.WARN,
        "write_route_changed",
        "cluster",
        "main",
        "from",
        "open(pg-1)",
        "to",
        "holding",
        "reason",
        "no_leader",
        "why",
        "there is no leader key in etcd",
        "owner",
        "pg-1");
  }

  private static void holding(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.dies("pg-1").leaderless();
    page.waiting(37).observe();
    losesItsLeader(page);
    page.cluster.after(Duration.ofSeconds(4));
    page.observe();
  }

  private static void degraded(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.dcsLost("no endpoint answers: connection refused");
    page.tell(
        Severity.WARN,
        "dcs_lost",
        "cluster",
        "main",
        "reason",
        "no endpoint answers: connection refused");
    run(page, 12, "pg-1", "pg-2", "pg-3");
  }

  private static void isolated(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.dcsLost("no endpoint answers: timed out");
    for (String member : List.of("pg-1", "pg-2", "pg-3")) {
      page.cluster.dies(member);
    }
    page.observe().vip(SampleVips.aside());
    page.cluster.after(Duration.ofSeconds(9));
    page.waiting(5).observe();
    page.tell(
        Severity.WARN,
        "vip_state_changed",
        "vip",
        "main",
        "from",
        "master",
        "to",
        "backup",
        "reason",
        "higher_priority",
        "why",
        "another node advertises a higher priority");
  }

  private static void regression(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.regression("pg-1", 6);
    page.tell(
        Severity.ERROR,
        "timeline_regression",
        "cluster",
        "main",
        "member",
        "pg-1",
        "timeline",
        6,
        "highest",
        7,
        "seen_on",
        "pg-2");
    run(page, 2, "pg-1", "pg-2", "pg-3");
  }

  private static void drained(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.vip(SampleVips.aside()).drained();
    run(page, 2, "pg-1", "pg-2", "pg-3");
  }

  private static void evil(PageShotState page) {
    beginning(page, "pg-1", "pg-2", "pg-3");
    page.cluster.replica(EVIL, 900).problem("the key of " + EVIL + " has no address");
    page.vip(SampleVips.aside());
    page.tell(Severity.WARN, "vip_warning", "member", EVIL, EVIL, EVIL);
    page.tell(Severity.WARN, "rest_failed", "cluster", "main", "member", EVIL, "reason", EVIL);
    run(page, 2, "pg-1", "pg-2", "pg-3");
  }

  private static void delete(Path directory) throws Exception {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
