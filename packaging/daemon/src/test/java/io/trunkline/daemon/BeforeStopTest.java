package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.daemon.HttpStandIn.Manner;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.daemon.status.StatusReporter;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.routing.WriteState;
import io.trunkline.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code trunkline-before-stop} with a real PostgreSQL, and stand-ins for Patroni and two proxy
 * nodes: every way in which it ends.
 */
class BeforeStopTest {
  private static final Path SCRIPT = Path.of("..", "patroni", "trunkline-before-stop");
  private static final Path MANUAL = Path.of("..", "..", "docs", "before-stop.md");
  private static final Pattern LINE =
      Pattern.compile("trunkline-before-stop: waited (\\d+\\.\\d) s: (.*)");
  private static final String STATUS = "/api/v1/status";
  private static final String IDLE = "no session is in a transaction";

  private static PostgresLab postgres;
  private static PostgresLab blind;

  @TempDir Path directory;
  private HttpStandIn patroni;
  private HttpStandIn first;
  private HttpStandIn second;

  @BeforeAll
  static void startPostgres() {
    postgres = PostgresLab.primary();
    postgres.sql("create role trusted login", "grant pg_monitor to trusted");
    blind = PostgresLab.primary();
    blind.sql("create role trusted login");
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
    blind.close();
  }

  @BeforeEach
  void everybodySaysThatItIsSwitching() throws IOException {
    patroni = new HttpStandIn();
    patroni.with("/config", 200, config(30, 10, 10)).with("/primary", 200, primary().toString());
    first = new HttpStandIn().with(STATUS, 200, status(WriteState.SWITCHING, "pg-1"));
    second = new HttpStandIn().with(STATUS, 200, status(WriteState.SWITCHING, "pg-1"));
  }

  @AfterEach
  void close() {
    patroni.close();
    first.close();
    second.close();
  }

  private static String config(int ttl, int loopWait, int retryTimeout) {
    return "{\"ttl\": %d, \"loop_wait\": %d, \"retry_timeout\": %d}"
        .formatted(ttl, loopWait, retryTimeout);
  }

  /** What Patroni 4 answers while it is about to stop the primary. */
  private static ObjectNode primary() {
    ObjectNode answer = JsonMapper.builder().build().createObjectNode();
    answer.put("state", "stopping").put("role", "primary");
    answer.put("dcs_last_seen", Instant.now().getEpochSecond());
    answer.putObject("patroni").put("version", "4.0.7").put("scope", "demo").put("name", "pg-1");
    return answer;
  }

  /** What the daemon itself says of the cluster demo, with another state and owner. */
  private String status(WriteState state, String owner) throws IOException {
    SampleNode node = new SampleNode(SampleConfig.in(directory), SampleCluster.healthy());
    node.observe();
    String json = StatusJson.write(new StatusReporter(node.facts()).report());
    ObjectNode status = (ObjectNode) JsonMapper.builder().build().readTree(json);
    ObjectNode write = (ObjectNode) status.path("clusters").path(0).path("write");
    write.put("state", state.label()).put("owner", owner);
    return status.toString();
  }

  /** How it ended. */
  private record Ended(int status, String out, String err, Duration took) {
    /** What it says after the time. */
    String why() {
      return line().group(2);
    }

    double waited() {
      return Double.parseDouble(line().group(1));
    }

    /** The one line on standard error. */
    private Matcher line() {
      assertThat(status).isZero();
      assertThat(out).isEmpty();
      assertThat(err.strip()).matches(LINE);
      Matcher line = LINE.matcher(err.strip());
      line.matches();
      return line;
    }
  }

  private static String dsn(PostgresLab server) {
    return "host=127.0.0.1 dbname=postgres user=trusted port=" + server.port();
  }

  /** Runs it with these stand-ins; later options count. */
  private Ended run(String... options) throws Exception {
    return finish(start(options));
  }

  private Process start(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of("--patroni", "http://" + patroni.address(), "--dsn", dsn(postgres)));
    command.addAll(List.of(options));
    command.addAll(List.of(first.address(), second.address()));
    return new ProcessBuilder(command).start();
  }

  private static Ended finish(Process process) throws Exception {
    long begun = System.nanoTime();
    process.getOutputStream().close();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("it ends").isTrue();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    return new Ended(
        process.exitValue(),
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8),
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8),
        took);
  }

  /** A session of PostgreSQL. */
  private static final class Session implements AutoCloseable {
    private final Process psql;
    private final BufferedReader answers;
    private final int pid;

    Session() throws IOException {
      psql =
          new ProcessBuilder("psql", "-XAtq", "-d", dsn(postgres))
              .redirectErrorStream(true)
              .start();
      answers = psql.inputReader();
      send("select pg_backend_pid()");
      pid = Integer.parseInt(answers.readLine());
    }

    void send(String sql) throws IOException {
      write(sql + ";\n");
    }

    private void write(String text) throws IOException {
      psql.outputWriter().write(text);
      psql.outputWriter().flush();
    }

    /** Runs that. */
    Session run(String sql) throws IOException {
      send(sql);
      write("\\echo done\n");
      for (String line = answers.readLine(); !"done".equals(line); line = answers.readLine()) {
        assertThat(line).as(sql).isNotNull();
      }
      return this;
    }

    /** Returns when PostgreSQL has noticed. */
    @Override
    public void close() {
      psql.destroyForcibly();
      postgres.sql(
          "set statement_timeout = '10s'",
          ("do $$ begin while exists (select from pg_stat_activity where pid = %d) loop"
                  + " perform pg_sleep(0.01); perform pg_stat_clear_snapshot(); end loop; end $$")
              .formatted(pid));
    }
  }

  @Test
  void itTellsItsOptionsAsTheManualDoes() throws Exception {
    Ended help = run("--help");
    assertThat(help.status()).isZero();
    assertThat(help.out()).startsWith("usage: trunkline-before-stop [OPTION]... HOST:PORT...");
    String manual = Files.readString(MANUAL);
    Matcher option = Pattern.compile("(?m)^  (?:-h, )?(--[a-z-]+)").matcher(help.out());
    int count = 0;
    for (; option.find(); count++) {
      assertThat(manual).contains("`" + option.group(1));
    }
    assertThat(count).isEqualTo(9);
  }

  @Test
  void wrongOptionsAreTold() throws Exception {
    for (String[] wrong :
        List.of(
            new String[] {"--nonsense"},
            new String[] {"--max-wait", "11"},
            new String[] {"--max-wait", "0"},
            new String[] {"--max-wait", "nan"})) {
      Ended ended = run(wrong);
      assertThat(ended.status()).isEqualTo(2);
      assertThat(ended.err()).contains("trunkline-before-stop: error: ").contains(wrong[0]);
    }
    Process alone = new ProcessBuilder(SCRIPT.toString()).start();
    assertThat(finish(alone).err()).contains("HOST:PORT");
  }

  @Test
  void whereNoSessionIsInATransactionItEndsAfterTheSecondLook() throws Exception {
    try (Session session = new Session()) {
      session.run("select 1");
      Ended ended = run();
      assertThat(ended.why()).isEqualTo(IDLE);
      assertThat(ended.waited()).isBetween(0.1, 2.0);
    }
  }

  @Test
  void itWaitsForATransactionThatIsIdle() throws Exception {
    try (Session session = new Session().run("begin; select 1")) {
      Process process = start();
      Await.until(() -> patroni.asked() > 6);
      assertThat(process.isAlive()).isTrue();
      session.run("commit");
      Ended ended = finish(process);
      assertThat(ended.why()).isEqualTo(IDLE);
      assertThat(ended.waited()).isBetween(0.5, 5.0);
    }
  }

  @Test
  void itWaitsForATransactionThatHasFailed() throws Exception {
    try (Session _ = new Session().run("begin; select 1/0")) {
      assertThat(run("--max-wait", "3").why()).startsWith("sessions in a transaction: 1");
    }
  }

  @Test
  void itWaitsForAStatementOutsideOfATransactionBlock() throws Exception {
    try (Session session = new Session().run("select 1")) {
      session.send("select pg_sleep(1.5)");
      Ended ended = run();
      assertThat(ended.why()).isEqualTo(IDLE);
      assertThat(ended.waited()).isBetween(0.5, 3.0);
    }
  }

  @Test
  void itWaitsNoLongerThanToldTo() throws Exception {
    try (Session _ = new Session().run("begin; select 1");
        Session _ = new Session().run("begin; select 2")) {
      Ended ended = run("--max-wait", "3");
      assertThat(ended.why())
          .isEqualTo("sessions in a transaction: 2; there is no more time to wait");
      assertThat(ended.waited()).isBetween(2.8, 3.5);
    }
  }

  @Test
  void itWaitsNoLongerThanPatronisTimeoutsLeave() throws Exception {
    patroni.with("/config", 200, config(22, 10, 10));
    try (Session _ = new Session().run("begin; select 1")) {
      assertThat(run().waited()).isBetween(0.8, 1.5);
    }
    patroni.with("/config", 200, config(21, 10, 10));
    Ended ended = run();
    assertThat(ended.why()).endsWith("leaves no time to wait");
    assertThat(ended.waited()).isLessThan(1.5);
  }

  @Test
  void patronisDefaultsHoldWhereItsConfigurationDoesNotSay() throws Exception {
    patroni.with("/config", 200, "{\"ttl\": 20}");
    assertThat(run().why()).endsWith("leaves no time to wait");
    patroni.with("/config", 200, "{}");
    assertThat(run().why()).isEqualTo(IDLE);
    patroni.with("/config", 200, "{\"ttl\": [30]}");
    assertThat(run().why()).contains("must be numbers");
  }

  @Test
  void aMemberWithoutTheLeaderKeyDoesNotWait() throws Exception {
    patroni.with("/primary", 503, primary().toString());
    assertThat(run().why()).endsWith("/primary: HTTP 503");
  }

  @Test
  void itDoesNotWaitForAPatroniInDoubt() throws Exception {
    ObjectNode unlocked = primary().put("cluster_unlocked", true);
    patroni.with("/primary", 200, unlocked.toString());
    assertThat(run().why()).isEqualTo("Patroni says cluster_unlocked");
    ObjectNode failsafe = primary().put("failsafe_mode_is_active", true);
    patroni.with("/primary", 200, failsafe.toString());
    assertThat(run().why()).isEqualTo("Patroni says failsafe_mode_is_active");
    ObjectNode silent = primary().put("dcs_last_seen", Instant.now().getEpochSecond() - 17);
    patroni.with("/primary", 200, silent.toString());
    assertThat(run().why()).matches("Patroni has not reached its DCS for 1[78] s");
    ObjectNode mute = primary();
    mute.remove("dcs_last_seen");
    patroni.with("/primary", 200, mute.toString());
    assertThat(run().why()).startsWith("Patroni does not say its dcs_last_seen");
  }

  @Test
  void beforePatroni32TheNameIsAnOption() throws Exception {
    ObjectNode nameless = primary();
    ((ObjectNode) nameless.path("patroni")).remove("name");
    patroni.with("/primary", 200, nameless.toString());
    assertThat(run().why()).endsWith("before 3.2 give --member");
    assertThat(run("--member", "pg-1").why()).isEqualTo(IDLE);
    assertThat(run("--member", "pg-2").why())
        .startsWith("no proxy says that this member is switching");
  }

  @Test
  void answersThatAreNoneEndIt() throws Exception {
    for (String nonsense : List.of("", "no JSON", "[]", "\u00e4")) {
      patroni.with("/primary", 200, nonsense);
      assertThat(run().why()).contains("/primary: the answer is not");
    }
    patroni.close();
    assertThat(run().why()).contains("/primary: ").contains("refused");
  }

  @Test
  void aPatroniThatDoesNotAnswerEndsItWithinTwoSeconds() throws Exception {
    patroni.with("/primary", Manner.NEVER, 200, "");
    Ended ended = run();
    assertThat(ended.why()).matches(".*/primary: (timed out|no answer within 2\\.0 s)");
    assertThat(ended.took()).isLessThan(Duration.ofSeconds(5));
    patroni.with("/primary", Manner.BYTE_BY_BYTE, 200, primary().toString());
    ended = run();
    assertThat(ended.why()).endsWith("/primary: no answer within 2.0 s");
    assertThat(ended.took()).isLessThan(Duration.ofSeconds(5));
    ended = run("--max-wait", "0.3");
    assertThat(ended.why()).matches(".*/primary: no answer within 0\\.[0-3] s");
  }

  /** As it is when Patroni itself is shut down: its REST API has ended before. */
  @Test
  void whileNothingSwitchesItDoesNotWaitForPatronisAnswer() throws Exception {
    first.with(STATUS, 200, status(WriteState.OPEN, "pg-1"));
    second.with(STATUS, 200, status(WriteState.OPEN, "pg-1"));
    patroni.with("/primary", Manner.NEVER, 200, "");
    Ended ended = run();
    assertThat(ended.why()).contains(first.address() + ": open", second.address() + ": open");
    assertThat(ended.waited()).isLessThan(1.5);
  }

  /** Whichever answers first. */
  @Test
  void withoutTheLockItDoesNotWaitForTheProxies() throws Exception {
    patroni.with("/primary", 503, primary().toString());
    first.with(STATUS, Manner.NEVER, 200, "");
    second.with(STATUS, Manner.NEVER, 200, "");
    assertThat(run().waited()).isLessThan(1.5);
  }

  @Test
  void whenTheProxyThatSaidSoIsGoneAnotherIsAsked() throws Exception {
    second.with(STATUS, 200, status(WriteState.OPEN, "pg-1"));
    try (Session _ = new Session().run("begin; select 1")) {
      Process process = start("--max-wait", "5");
      Await.until(() -> first.asked() > 3);
      second.with(STATUS, 200, status(WriteState.SWITCHING, "pg-1"));
      first.close();
      assertThat(finish(process).why()).startsWith("sessions in a transaction: 1;");
    }
    assertThat(second.asked()).isGreaterThan(3);
  }

  @Test
  void anotherClusterThatSwitchesIsNoReason() throws Exception {
    String other = status(WriteState.SWITCHING, "pg-1").replace("\"demo\"", "\"other\"");
    first.with(STATUS, 200, other);
    second.with(STATUS, 200, other);
    assertThat(run().why()).contains("no cluster has the scope demo");
  }

  @Test
  void whereNoProxySaysSoItDoesNotWait() throws Exception {
    first.with(STATUS, 200, status(WriteState.OPEN, "pg-1"));
    second.with(STATUS, 200, status(WriteState.SWITCHING, "pg-2"));
    assertThat(run().why())
        .startsWith("no proxy says that this member is switching (")
        .contains(first.address() + ": open")
        .contains(second.address() + ": another member is the primary");
    first.with(STATUS, 200, status(WriteState.SWITCHING, "pg-1").replace("\"demo\"", "\"other\""));
    second.with(STATUS, 421, "not called so");
    assertThat(run().why())
        .contains(first.address() + ": no cluster has the scope demo")
        .contains(second.address() + ": HTTP 421");
    first.with(STATUS, 200, "{\"clusters\": [{\"scope\": \"demo\", \"write\": null}]}");
    second.with(STATUS, 200, "<html>");
    assertThat(run().why())
        .contains(first.address() + ": it does not say a state")
        .contains(second.address() + ": the answer is not JSON");
    first.close();
    second.with(STATUS, Manner.NEVER, 200, "");
    Ended ended = run();
    assertThat(ended.why())
        .contains(first.address() + ": ")
        .contains("refused")
        .containsPattern(second.address() + ": (timed out|no answer)");
    assertThat(ended.took()).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void oneProxyThatSaysSoIsEnough() throws Exception {
    first.with(STATUS, Manner.NEVER, 200, "");
    try (Session _ = new Session().run("begin; select 1")) {
      assertThat(run("--max-wait", "3").why()).startsWith("sessions in a transaction: 1");
    }
    assertThat(first.asked()).as("the dead one is asked once").isEqualTo(1);
    assertThat(second.asked()).isGreaterThan(3);
  }

  @Test
  void whenPatroniLosesTheLockItStopsWaiting() throws Exception {
    try (Session _ = new Session().run("begin; select 1")) {
      Process process = start();
      Await.until(() -> patroni.asked() > 6);
      patroni.with("/primary", 503, primary().toString());
      Ended ended = finish(process);
      assertThat(ended.why()).endsWith("/primary: HTTP 503");
      assertThat(ended.took()).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void whenTheSwitchoverIsCalledOffItStopsWaiting() throws Exception {
    try (Session _ = new Session().run("begin; select 1")) {
      Process process = start();
      Await.until(() -> first.asked() + second.asked() > 6);
      first.with(STATUS, 200, status(WriteState.OPEN, "pg-1"));
      second.with(STATUS, 200, status(WriteState.OPEN, "pg-1"));
      assertThat(finish(process).why()).startsWith("no proxy says that this member is switching");
    }
  }

  @Test
  void aRoleThatDoesNotSeeTheOthersEndsIt() throws Exception {
    assertThat(run("--dsn", dsn(blind)).why()).startsWith("not every session can be seen");
  }

  @Test
  void aSessionWhoseActivityIsNotTrackedEndsIt() throws Exception {
    postgres.sql("alter role trusted set track_activities = off");
    try (Session _ = new Session().run("begin; select 1")) {
      postgres.sql("alter role trusted reset track_activities");
      assertThat(run().why()).startsWith("not every session can be seen");
    } finally {
      postgres.sql("alter role trusted reset track_activities");
    }
  }

  @Test
  void withoutPsqlOrPostgresItEnds() throws Exception {
    assertThat(run("--psql", "/nowhere/psql").why())
        .isEqualTo("/nowhere/psql: No such file or directory");
    assertThat(run("--dsn", "host=127.0.0.1 port=1").why()).contains("psql: ").contains("refused");
    assertThat(run("--dsn", "host=127.0.0.1 user=ghost port=" + postgres.port()).why())
        .startsWith("psql: ");
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = run("--dsn", "host=127.0.0.1 port=" + silent.getLocalPort());
      assertThat(ended.why()).isEqualTo("psql: no answer in time");
      assertThat(ended.took()).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void twoLooksInARowMustFindNothing() throws Exception {
    Path looks = directory.resolve("looks");
    Path psql = directory.resolve("psql");
    Files.writeString(
        psql,
        """
        #!/bin/sh
        for count in 1 0 2 0 0 7; do read -r query; echo "$count" >>%s; echo "t $count"; done
        """
            .formatted(looks));
    assertThat(psql.toFile().setExecutable(true)).isTrue();
    assertThat(run("--psql", psql.toString()).why()).isEqualTo(IDLE);
    assertThat(Files.readString(looks)).isEqualTo("1\n0\n2\n0\n0\n");
  }

  @Test
  void aProxyInTheEnvironmentIsNotUsed() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            SCRIPT.toString(),
            "--patroni",
            "http://" + patroni.address(),
            "--dsn",
            dsn(postgres),
            first.address());
    builder.environment().put("http_proxy", "http://127.0.0.1:1");
    assertThat(finish(builder.start()).why()).isEqualTo(IDLE);
  }

  @Test
  void aCaThatCannotBeReadEndsIt() throws Exception {
    assertThat(run("--patroni", "https://127.0.0.1:1", "--cacert", "/nowhere/ca.crt").why())
        .startsWith("--cacert, --cert, --key: ");
  }
}
