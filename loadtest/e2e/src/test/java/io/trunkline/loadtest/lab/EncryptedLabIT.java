package io.trunkline.loadtest.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Target;
import io.trunkline.loadtest.workload.Writer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lab that speaks TLS everywhere, as users with six servers have it. */
@Tag("long")
class EncryptedLabIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void everythingSpeaksTlsAndSwitchesOver() throws Exception {
    try (Lab lab = Lab.start(LabOptions.encrypted().withProxies(ProxyKind.HAPROXY))) {
      lab.awaitServing(5432, LIMIT);
      Target target = lab.target(lab.proxy(1), 5432);
      refusesPlaintext(lab, target);
      isEncrypted(target);

      Member former = lab.primary();
      Writer writer = Writer.start("tls", target);
      Await.until("a commit", LIMIT, () -> !writer.samples().isEmpty());
      lab.patroni().switchover();
      Await.until(
          "a commit on the new primary",
          LIMIT,
          () ->
              writer.samples().stream()
                  .anyMatch(s -> s.acknowledged() && !former.address().equals(s.server())));
      Verdict verdict = Verdict.of(writer, lab);
      assertThat(verdict.lost()).isZero();
      assertThat(lab.truth().leaders()).hasSize(2);
    }
  }

  private static void refusesPlaintext(Lab lab, Target target) {
    String address = lab.member(1).address();
    assertThatThrownBy(
            () -> Http.plain().send("GET", address, EtcdClient.PORT, "/health", null, LIMIT))
        .isInstanceOf(java.io.IOException.class);
    assertThatThrownBy(target.withCaCertificate(null)::connect)
        .hasMessageContaining("no encryption");
  }

  private static void isEncrypted(Target target) throws Exception {
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getBoolean(1)).isTrue();
    }
  }
}
