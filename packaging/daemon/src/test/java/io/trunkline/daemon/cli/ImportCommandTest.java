package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest {
  @TempDir Path directory;
  private Path haproxy;
  private Path patroni;

  @BeforeEach
  void write() throws IOException {
    haproxy =
        Files.writeString(
            directory.resolve("haproxy.cfg"),
            """
            listen write
                bind 127.0.0.1:5000
                option httpchk OPTIONS /primary
                option tcplog
                server a 10.0.0.1:5432 check port 8008 on-marked-down shutdown-sessions
            """);
    patroni =
        Files.writeString(
            directory.resolve("patroni.yml"),
            "scope: shop\netcd3: {hosts: '10.0.0.1:2379', username: t, password: s3cret}\n");
  }

  @Test
  void theConfigurationAndWhatWasNotCarriedOver() throws IOException {
    RunResult result = RunResult.of("import", haproxy.toString(), patroni.toString());
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("  - scope: shop\n", "    bind: 127.0.0.1:5000\n");
    assertThat(result.err())
        .contains(haproxy + ":4: replaced: option tcplog: ")
        .endsWith("trunkline check: good on this machine\n")
        .doesNotContain("s3cret");
    Path made = Files.writeString(directory.resolve("made.yaml"), result.out());
    assertThat(RunResult.of("check", made.toString()).out())
        .isEqualTo(made + ": good: 1 cluster, 1 listener, 0 VIPs\n");
  }

  @Test
  void theLastLineIsNotGoodWhileSomethingIsMissing() throws IOException {
    Files.writeString(patroni, "scope: shop\n");
    assertThat(RunResult.of("import", haproxy.toString(), patroni.toString()).err())
        .doesNotContain("good on this machine")
        .endsWith(
            "trunkline check finds no mistake, but 1 line above is marked missing: fill in what"
                + " is meant\n");
  }

  @Test
  void aScopeThatNoFileSaysIsRefused() throws IOException {
    Path made = directory.resolve("made.yaml");
    RunResult result = RunResult.of("import", haproxy.toString(), "-o", made.toString());
    String refusal =
        made
            + ":7:12: clusters[0].scope: \"CHANGE_ME\" is to be filled in; write NAME, as in"
            + " Patroni's configuration\n";
    assertThat(result.err()).contains(refusal).doesNotContain("good on this machine");
    assertThat(RunResult.of("check", made.toString())).isEqualTo(new RunResult(78, "", refusal));
  }

  @Test
  void aRouteThatNoFileSaysIsRefused() throws IOException {
    Files.writeString(
        haproxy, Files.readString(haproxy).replace("httpchk OPTIONS /primary", "pgsql-check"));
    Path made = directory.resolve("made.yaml");
    RunResult result = RunResult.of("import", haproxy.toString(), "-o", made.toString());
    assertThat(result.code()).isZero();
    String refusal =
        "listeners[0].route: \"CHANGE_ME\" is not one of primary, replica, any, sync, async,"
            + " standby_leader\n";
    assertThat(result.err()).contains(refusal).doesNotContain("good on this machine");
    assertThat(RunResult.of("check", made.toString()).code()).isEqualTo(78);
    assertThat(RunResult.of("check", made.toString()).err()).contains(refusal);
  }

  @Test
  void toAFileThatDoesNotExistYet() throws IOException {
    Path made = directory.resolve("trunkline.yaml");
    String[] args = {"import", haproxy.toString(), patroni.toString(), "-o", made.toString()};
    assertThat(RunResult.of(args).code()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rw-r-----");
    String first = Files.readString(made);
    Files.writeString(haproxy, Files.readString(haproxy).replace("5000", "6000"));
    RunResult again = RunResult.of(args);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains(made + " exists; name another file, or say --force");
    assertThat(made).hasContent(first);
    String[] forced = {
      "import", haproxy.toString(), patroni.toString(), "-o", made.toString(), "--force"
    };
    assertThat(RunResult.of(forced).code()).isZero();
    assertThat(made).content().contains("127.0.0.1:6000");
  }

  @Test
  void asJson() throws IOException {
    Files.writeString(patroni, "scope: shop\n");
    RunResult result = RunResult.of("import", "--json", haproxy.toString(), patroni.toString());
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines()).hasSize(1);
    assertThat(result.out())
        .startsWith("{\"configuration\":\"# Made by trunkline import")
        .contains("\"kind\":\"missing\"", "\"also_lines\":[]", "\"problems\":[]");
  }

  @Test
  void whatAFileIsCanBeSaid() throws IOException {
    Path odd = Files.writeString(directory.resolve("odd"), "name: x\n");
    assertThat(RunResult.of("import", odd.toString()).code()).isEqualTo(78);
    assertThat(RunResult.of("import", odd.toString()).err())
        .startsWith(odd + ": does not look like haproxy.cfg");
    assertThat(RunResult.of("import", "--patroni", odd.toString()).code()).isZero();
  }

  @Test
  void unreadableFiles() throws IOException {
    Files.writeString(haproxy, "listen \"write\n");
    Path none = directory.resolve("none.cfg");
    assertThat(RunResult.of("import", "--haproxy", haproxy.toString()))
        .isEqualTo(
            new RunResult(
                78,
                "",
                haproxy + ":1:8: the quote that begins here is never closed on this line\n"));
    assertThat(RunResult.of("import", none.toString()))
        .isEqualTo(new RunResult(78, "", none + ": does not exist\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"import", "import --force x", "import --nope x"})
  void misuse(String line) {
    assertThat(RunResult.of(line.split(" ", -1)).code()).isEqualTo(2);
  }
}
