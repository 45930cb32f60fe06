package io.trunkline.loadtest.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.loadtest.lab.Certificates;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.verdict.MeasuredPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What it costs to follow PostgreSQL's messages: one daemon, listeners with {@code follow_messages}
 * on and off, plaintext and with TLS terminated. Writes the table of docs/performance.md.
 */
public final class Awareness {
  private static final String FOLLOWED = "plaintext";
  private static final String UNREAD = "plaintext, unread";
  private static final String TLS_FOLLOWED = "terminated";
  private static final String TLS_UNREAD = "terminated, unread";
  private static final int WARM_UP_SECONDS = 10;
  private static final int SCALE = 10;

  private Awareness() {}

  /**
   * @param args how many rounds; seconds of each run
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    Path directory = Files.createTempDirectory("trunkline-bench");
    Path rows =
        Files.writeString(directory.resolve("rows.sql"), "select generate_series(1, 5000);\n");
    List<Pgbench> loads =
        List.of(
            new Pgbench(
                "`pgbench -S -M prepared`, 16 clients",
                List.of("-S", "-M", "prepared", "-c", "16", "-j", "2")),
            new Pgbench(
                "5,000 rows of one number each, 4 clients",
                List.of("-f", rows.toString(), "-c", "4", "-j", "2")));
    Map<String, Rounds> results = new LinkedHashMap<>();
    try (LocalPostgres postgres = LocalPostgres.start(SCALE);
        StubPatroni patroni = StubPatroni.of(postgres)) {
      int[] ports = new int[4];
      for (int i = 0; i < ports.length; i++) {
        ports[i] = LocalPostgres.freePort();
      }
      Path config = config(directory, patroni, ports);
      List<String> command =
          List.of(
              Project.distribution().resolve("bin/trunkline").toString(),
              "run",
              "-c",
              config.toString());
      try (Daemon daemon =
          Daemon.start(
              directory.resolve("log"), command, List.of(ports[0], ports[1], ports[2], ports[3]))) {
        List<Contender> contenders =
            List.of(
                new Contender(UNREAD, ports[0], Map.of("PGSSLMODE", "disable"), daemon),
                new Contender(FOLLOWED, ports[1], Map.of("PGSSLMODE", "disable"), daemon),
                new Contender(TLS_UNREAD, ports[2], Map.of("PGSSLMODE", "require"), daemon),
                new Contender(TLS_FOLLOWED, ports[3], Map.of("PGSSLMODE", "require"), daemon));
        for (Pgbench load : loads) {
          for (Contender contender : contenders) {
            load.run(contender, WARM_UP_SECONDS);
          }
          results.put(load.title(), Rounds.measure(load, contenders, rounds, seconds));
        }
      }
    } finally {
      Project.run(10, "rm", "-r", directory.toString());
    }
    Path raw = Project.loadtest().resolve("target/awareness.json");
    Map<String, Object> json = new LinkedHashMap<>();
    results.forEach((load, measured) -> json.put(load, measured.samples()));
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(raw.toFile(), json);
    String table = table(results, rounds, seconds);
    Path page = Project.loadtest().resolveSibling("docs").resolve("performance.md");
    Files.writeString(
        page, new MeasuredPart("awareness").replacedIn(Files.readString(page), table));
    System.out.print(table);
    System.out.println("every run: " + raw);
  }

  private static String table(Map<String, Rounds> results, int rounds, int seconds) {
    StringBuilder table =
        new StringBuilder(
            """
            %s, %d rounds of %d s each. Ratios are followed to unread in the same round: the median \
            (least–most).

            | load | sessions | unread: transactions/s | throughput | latency | processor time of \
            the proxy per transaction |
            |---|---|---|---|---|---|
            """
                .formatted(LocalDate.now(ZoneOffset.UTC), rounds, seconds));
    results.forEach(
        (load, measured) -> {
          table.append(row(load, measured, FOLLOWED, UNREAD));
          table.append(row(load, measured, TLS_FOLLOWED, TLS_UNREAD));
        });
    return table.toString();
  }

  private static String row(String load, Rounds measured, String followed, String unread) {
    return "| %s | %s | %.0f | %s | %s | %s |%n"
        .formatted(
            load,
            followed,
            measured.median(unread, Sample::rate),
            measured.ratio(followed, unread, Sample::rate).text(3),
            measured.ratio(followed, unread, Sample::latencyMicros).text(3),
            measured.ratio(followed, unread, Sample::processorMicros).text(3));
  }

  private static Path config(Path directory, StubPatroni patroni, int[] ports) throws IOException {
    new Certificates(directory.resolve("ca")).issue(directory, "proxy", "127.0.0.1");
    return Files.writeString(
        directory.resolve("trunkline.yaml"),
        """
        node: bench
        clusters:
          - {scope: bench, patroni: {hosts: ["127.0.0.1:%d"]}}
        listeners:
          - {name: unread, bind: "127.0.0.1:%d", route: primary, follow_messages: false}
          - {name: plain, bind: "127.0.0.1:%d", route: primary}
          - {name: tls_unread, bind: "127.0.0.1:%d", route: primary, follow_messages: false, tls: &tls {mode: terminate, cert: node.crt, key: node.key}}
          - {name: tls, bind: "127.0.0.1:%d", route: primary, tls: *tls}
        admin: {bind: "127.0.0.1:0", socket: %s}
        state_dir: %s
        """
            .formatted(
                patroni.port(),
                ports[0],
                ports[1],
                ports[2],
                ports[3],
                directory.resolve("admin.sock"),
                directory));
  }
}
