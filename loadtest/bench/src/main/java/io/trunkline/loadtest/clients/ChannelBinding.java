package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.verdict.MeasuredPart;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.postgresql.util.DriverInfo;

/**
 * Logs in with every version of libpq and with pgjdbc, with every {@code channel_binding}, through
 * every kind of TLS, with and without {@code auth}; writes the table of {@code docs/clients.md}.
 */
public final class ChannelBinding {
  private static final Path PAGE = Project.file("docs/clients.md");
  private static final Duration SERVING = Duration.ofSeconds(60);
  private static final List<String> BINDINGS = List.of("disable", "prefer", "require");
  private static final int WITH_AUTH = 1;
  private static final int WITHOUT_AUTH = 2;

  private static final String TERMINATE =
      "tls: {mode: terminate, cert: /lab/certs/node.crt, key: /lab/certs/node.key, require: true}";
  private static final String LISTENERS =
      """
      listeners:
        - {name: passthrough, bind: "0.0.0.0:6001", route: primary}
        - {name: terminated, bind: "0.0.0.0:6002", route: primary, %1$s}
        - {name: both, bind: "0.0.0.0:6003", route: primary, %1$s,
           backend_tls: {mode: verify_ca, cacert: /lab/certs/ca.crt}}
      """
          .formatted(TERMINATE);

  private ChannelBinding() {}

  /** What is between the client and the member. */
  private enum Way {
    PLAINTEXT("no TLS", 6001, "disable"),
    PASSTHROUGH("`tls: passthrough`", 6001, "require"),
    TERMINATED("`tls: {mode: terminate}`, no TLS to the member", 6002, "require"),
    BOTH("`tls: {mode: terminate}` and `backend_tls`", 6003, "require");

    private final String title;
    private final int port;
    private final String sslmode;

    Way(String title, int port, String sslmode) {
      this.title = title;
      this.port = port;
      this.sslmode = sslmode;
    }
  }

  /** Who logs in. */
  private sealed interface Client {
    String title();

    boolean logsIn(Target target, String sslmode, String binding) throws Exception;
  }

  /** The psql of an image. */
  private record Psql(String title, String image) implements Client {
    static Psql of(String image) throws Exception {
      List<String> said = new ArrayList<>();
      run(said, "docker", "run", "--rm", image, "psql", "--version");
      return new Psql(
          "libpq " + said.getFirst().replaceFirst("^psql \\(PostgreSQL\\) (\\S+).*$", "$1"), image);
    }

    @Override
    public boolean logsIn(Target target, String sslmode, String binding) throws Exception {
      String conninfo =
          "host=%s port=%d user=%s password=%s dbname=%s sslmode=%s channel_binding=%s"
              .formatted(
                  target.host(),
                  target.port(),
                  target.user(),
                  target.password(),
                  target.database(),
                  sslmode,
                  binding);
      List<String> said = new ArrayList<>();
      int exit =
          run(
              said,
              "docker",
              "run",
              "--rm",
              "--network",
              "host",
              image,
              "psql",
              "-XAtc",
              "select 1",
              conninfo);
      return told(this, sslmode, binding, exit == 0 && said.contains("1"), said);
    }
  }

  private record Pgjdbc(String title) implements Client {
    @Override
    public boolean logsIn(Target target, String sslmode, String binding) {
      Properties properties = new Properties();
      properties.setProperty("sslmode", sslmode);
      properties.setProperty("channelBinding", binding);
      try (Connection connection = target.connect(properties)) {
        return told(this, sslmode, binding, connection.isValid(5), List.of());
      } catch (SQLException e) {
        return told(this, sslmode, binding, false, List.of(String.valueOf(e.getMessage())));
      }
    }
  }

  /** For who reads the output. */
  private static boolean told(
      Client client, String sslmode, String binding, boolean in, List<String> said) {
    System.out.printf(
        "%s, sslmode=%s, channel_binding=%s: %s%n",
        client.title(), sslmode, binding, in ? "works" : String.join(" ", said));
    return in;
  }

  private static int run(List<String> said, String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    said.addAll(
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList());
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  /** Needs no arguments. */
  public static void main(String[] args) throws Exception {
    List<Client> clients = new ArrayList<>();
    for (String image : Project.psqlImages()) {
      clients.add(Psql.of(image));
    }
    clients.add(new Pgjdbc("pgjdbc " + DriverInfo.DRIVER_VERSION));
    LabOptions options =
        LabOptions.plain()
            .withTlsAndPlaintext()
            .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE)
            .withTrunkline(LISTENERS);
    try (Lab lab = Lab.start(options)) {
      lab.awaitServing(Way.PASSTHROUGH.port, SERVING);
      try (KeptLab _ = KeptLab.with(lab, lab.proxy(WITH_AUTH), Way.PASSTHROUGH.port, "")) {
        write(table(lab, clients));
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/channel-binding-logs"));
      }
    }
  }

  private static String table(Lab lab, List<Client> clients) throws Exception {
    StringBuilder table = new StringBuilder();
    table.append(row("listener", "auth", clients.stream().map(Client::title).toList()));
    table.append(row("---", "---", clients.stream().map(_ -> "---").toList()));
    for (Way way : Way.values()) {
      for (int proxy : new int[] {WITH_AUTH, WITHOUT_AUTH}) {
        List<String> cells = new ArrayList<>();
        for (Client client : clients) {
          List<String> works = new ArrayList<>();
          for (String binding : BINDINGS) {
            Target target = lab.target(lab.proxy(proxy), way.port);
            if (client.logsIn(target, way.sslmode, binding)) {
              works.add(binding);
            }
          }
          cells.add(works.isEmpty() ? "none" : String.join(", ", works));
        }
        table.append(row(way.title, proxy == WITH_AUTH ? "yes" : "no", cells));
      }
    }
    return table.toString();
  }

  private static String row(String first, String second, List<String> cells) {
    return cells.stream()
        .collect(Collectors.joining(" | ", "| " + first + " | " + second + " | ", " |\n"));
  }

  private static void write(String table) throws IOException {
    System.out.println(table);
    Files.writeString(
        PAGE,
        new MeasuredPart("channel-binding")
            .replacedIn(
                Files.readString(PAGE),
                "Which values of `channel_binding` log in with SCRAM-SHA-256, PostgreSQL "
                    + "asking for nothing else:\n\n"
                    + table));
  }
}
