package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client must not learn which roles exist: Trunkline logs in for those that do, and PostgreSQL
 * answers for the others, in the same words.
 */
class UnknownRoleTest {
  private static final String ROLE = "scram";
  private static final String NO_ROLE = "ghost";
  private static final int ROUNDS = 40;

  private static PostgresLab postgres;
  private static ProxyFixture proxy;

  @BeforeAll
  static void start() throws Exception {
    postgres = PostgresLab.primary();
    ClientLoginTest.installAuth(postgres);
    Settings settings = new Settings();
    settings.auth = Optional.of(SwitchoverLab.AUTH);
    proxy = new ProxyFixture(settings);
    proxy.member("n1", new HostPort("127.0.0.1", postgres.port()));
    proxy.leader("n1");
    try (ScramSocket warm = new ScramSocket(proxy.connect("write"), ROLE)) {
      warm.logIn(PostgresLab.PASSWORD);
    }
  }

  @AfterAll
  static void stop() {
    proxy.close();
    postgres.close();
  }

  /**
   * What it is told by and by, without what is random.
   *
   * @param times nanoseconds that each answer took
   */
  private record Conversation(List<String> said, List<Long> times) {}

  private static Conversation talk(String user, byte[] last) throws Exception {
    List<String> said = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    try (ScramSocket client = new ScramSocket(proxy.connect("write"), user)) {
      said.add(client.read().toString());
      long start = System.nanoTime();
      client.send(client.first());
      String first = client.readFirst();
      times.add(System.nanoTime() - start);
      said.add(first.replaceAll("[A-Za-z0-9+/]", "x"));
      start = System.nanoTime();
      client.send(last == null ? client.last("wrong") : fill(last, client.nonce()));
      said.add(client.read().toString().replace(user, "USER"));
      times.add(System.nanoTime() - start);
      try {
        said.add(client.read().toString());
      } catch (EOFException end) {
        said.add("end");
      }
    }
    return new Conversation(said, times);
  }

  private static byte[] fill(byte[] message, String nonce) {
    String text = new String(message, 5, message.length - 5, StandardCharsets.ISO_8859_1);
    return message((char) message[0], text.replace("NONCE", nonce));
  }

  private static byte[] last(String text) {
    return message(text.charAt(0), text.substring(2).replace("LONG", "x".repeat(20_000)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "p c=biws,r=NONCE,x=y,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "p c=biws,r=NONCE,p=AAAA",
        "p c=biws,r=NONCE,p=*",
        "p c=biws,r=NONCE",
        "p c=biws,r=other,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "p c=eSws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "p garbage",
        "p ",
        "p LONG",
        "Q select 1",
      })
  void theWordsAreTheSame(String last) throws Exception {
    List<String> known = talk(ROLE, last(last)).said;

    assertThat(talk(NO_ROLE, last(last)).said).isEqualTo(known);
    assertThat(known).hasSize(4).last().isEqualTo("end");
  }

  /** Its nonce, its salt and its proof are made here or by PostgreSQL: that takes no time. */
  @Test
  void theTimesAreComparable() throws Exception {
    List<Conversation> known = new ArrayList<>();
    List<Conversation> unknown = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      if (i % 2 == 0) {
        known.add(talk(ROLE, null));
        unknown.add(talk(NO_ROLE, null));
      } else {
        unknown.add(talk(NO_ROLE, null));
        known.add(talk(ROLE, null));
      }
    }
    assertThat(unknown.getFirst().said).isEqualTo(known.getFirst().said);
    for (int step = 0; step < 2; step++) {
      double knownTakes = median(times(known, step));
      double unknownTakes = median(times(unknown, step));
      // What else the machine does slows both of a round.
      double apart = median(differences(times(known, step), times(unknown, step)));
      System.out.printf(
          "answer %d: %.2f ms for a role that exists, %.2f ms for one that does not%n",
          step + 1, knownTakes, unknownTakes);
      assertThat(Math.abs(apart))
          .as("milliseconds between %f and %f", knownTakes, unknownTakes)
          .isLessThan(Math.max(5, Math.min(knownTakes, unknownTakes)));
    }
  }

  private static List<Long> times(List<Conversation> all, int step) {
    return all.stream().map(each -> each.times.get(step)).toList();
  }

  private static List<Long> differences(List<Long> one, List<Long> other) {
    return IntStream.range(0, one.size()).mapToObj(i -> other.get(i) - one.get(i)).toList();
  }

  /** Milliseconds. */
  private static double median(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get(sorted.size() / 2) / 1e6;
  }

  @Test
  void aProofThatComesByteByByteIsAProof() throws Exception {
    for (String password : List.of(PostgresLab.PASSWORD, "wrong")) {
      try (ScramSocket client = new ScramSocket(proxy.connect("write"), ROLE)) {
        client.read('R');
        client.trickle(client.first());
        client.readFirst();
        client.trickle(client.last(password));
        ScramSocket.Said said = client.read();

        if (password.equals("wrong")) {
          assertThat(said.toString()).contains("C28P01\0");
        } else {
          assertThat(said.body()).contains("v=");
          client.read('Z');
          assertThat(client.query("select 41 + 1")).contains("42");
        }
      }
    }
  }
}
