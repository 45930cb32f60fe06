package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.config.Secret;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.session.SessionFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever becomes of a login, no password, key or proof is in any text: neither on standard
 * output, nor in what libraries log at their most verbose, in events, failures, lists of sessions,
 * or what clients are told.
 */
@Timeout(120)
class LoginSecretsTest {
  private static final String ASKS = "nobody tells 7391";
  private static final String CONTROL = "a text that is there";

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final List<String> texts = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, byte[]> secrets = new LinkedHashMap<>();
  private final Logger root = Logger.getLogger("");
  private final Level level = root.getLevel();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getLoggerName().startsWith("java.lang.ProcessBuilder")) {
            return; // this test's own psql
          }
          texts.add(
              entry.getMessage() + Arrays.toString(entry.getParameters()) + entry.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    handler.setLevel(Level.ALL);
    root.setLevel(Level.ALL);
    root.addHandler(handler);
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(output, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(out);
    System.setErr(err);
    root.removeHandler(handler);
    root.setLevel(level);
  }

  private void say(Object text) {
    texts.add(text.toString());
  }

  private void sayAll(ProxyFixture fixture) throws Exception {
    say(fixture.told);
    say(fixture.failures);
    say(fixture.events);
    say(fixture.proxy.sessions(SessionFilter.ALL, 100).get().sessions());
    say(SwitchoverLab.story(fixture));
  }

  /** A login with that password, up to what the client is told at its end. */
  private void login(ProxyFixture fixture, String password) throws Exception {
    try (ScramSocket client = new ScramSocket(fixture.connect("write"), "scram")) {
      client.read('R');
      client.send(client.first());
      client.readFirst();
      byte[] last = client.last(password);
      String text = new String(last, StandardCharsets.ISO_8859_1);
      secrets.put(
          "proof " + secrets.size(),
          Base64.getDecoder().decode(text.substring(text.indexOf(",p=") + 3)));
      client.send(last);
      while (true) {
        ScramSocket.Said said = client.read();
        if (said.type() != 'R') {
          say(said);
        }
      }
    } catch (IOException over) {
      say(over);
    }
  }

  /** Sends that instead of a proof. */
  private void nonsense(ProxyFixture fixture, byte[] last) throws Exception {
    try (ScramSocket client = new ScramSocket(fixture.connect("write"), "scram")) {
      client.read('R');
      client.send(client.first());
      client.readFirst();
      client.send(last);
      while (true) {
        say(client.read());
      }
    } catch (IOException over) {
      say(over);
    }
  }

  private static Settings settings(String password) {
    Settings settings = new Settings();
    settings.keepSessions = KeepSessions.PLANNED;
    settings.startupTimeout = Duration.ofSeconds(2);
    settings.auth =
        Optional.of(
            new AuthConfig(
                "trunkline_auth",
                new Secret(password),
                "postgres",
                SwitchoverLab.AUTH.query(),
                false));
    return settings;
  }

  private static ProxyFixture proxy(PostgresLab postgres, FakePostgres other, String password)
      throws IOException {
    ProxyFixture fixture = new ProxyFixture(settings(password));
    fixture.member("n1", new HostPort("127.0.0.1", postgres.port()));
    fixture.member("n2", other.address());
    fixture.leader("n1");
    return fixture;
  }

  private void keysOf(PostgresLab postgres) throws Exception {
    String verifier = postgres.query("select rolpassword from pg_authid where rolname = 'scram'");
    String[] parts = verifier.split("[$:]", -1);
    byte[] salted =
        ScramSocket.salted(
            PostgresLab.PASSWORD, Base64.getDecoder().decode(parts[2]), Integer.parseInt(parts[1]));
    byte[] clientKey = ScramSocket.hmac(salted, "Client Key");
    secrets.put("SaltedPassword", salted);
    secrets.put("ClientKey", clientKey);
    secrets.put("StoredKey", ScramSocket.sha256(clientKey));
    secrets.put("ServerKey", ScramSocket.hmac(salted, "Server Key"));
    assertThat(verifier)
        .as("these are the keys")
        .contains(Base64.getEncoder().encodeToString(secrets.get("StoredKey")))
        .contains(Base64.getEncoder().encodeToString(secrets.get("ServerKey")));
    secrets.put("password", PostgresLab.PASSWORD.getBytes(StandardCharsets.UTF_8));
    secrets.put("auth password", ASKS.getBytes(StandardCharsets.UTF_8));
  }

  /** A session that is to be restored at a member that says that. */
  private void restoredAt(PostgresLab postgres, byte[] says) throws Exception {
    try (FakePostgres hostile =
            new FakePostgres(
                (socket, in) -> {
                  FakePostgres.readPacket(in);
                  socket.getOutputStream().write(says);
                  in.transferTo(OutputStream.nullOutputStream());
                });
        ProxyFixture fixture = proxy(postgres, hostile, ASKS);
        ScramSocket client = new ScramSocket(fixture.connect("write"), "scram")) {
      client.logIn(PostgresLab.PASSWORD);
      client.query("select 1");
      SwitchoverLab.announce(fixture);
      postgres.sql(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'scram'");
      SwitchoverLab.awaitDetached(fixture, 1);
      sayAll(fixture);
      fixture.leader("");
      fixture.leader("n2");
      fixture.failover(Optional.empty());
      client.send(message('Q', "select 1\0"));
      ScramSocket.Said said = client.read();
      assertThat(said.type()).isEqualTo('E');
      say(said);
      sayAll(fixture);
    }
  }

  @Test
  void noTextHoldsASecret() throws Exception {
    Logger.getLogger("control").finest(CONTROL);
    try (PostgresLab postgres = PostgresLab.primary();
        FakePostgres nobody = FakePostgres.named("n2")) {
      ClientLoginTest.installAuth(postgres);
      postgres.sql("alter role trunkline_auth password '" + ASKS + "'");
      keysOf(postgres);
      say(settings(ASKS).auth);
      try (ProxyFixture fixture = proxy(postgres, nobody, ASKS)) {
        try (ScramSocket client = new ScramSocket(fixture.connect("write"), "scram")) {
          client.logIn(PostgresLab.PASSWORD);
          say(client.query("set work_mem = '7MB'; select 1"));
          sayAll(fixture);
        }
        login(fixture, "wrong");
        byte[] stored = secrets.get("StoredKey");
        String base64 = Base64.getEncoder().encodeToString(stored);
        for (String last : List.of(base64, "c=" + base64, "c=biws,r=x,p=" + base64)) {
          nonsense(fixture, message('p', last));
        }
        nonsense(fixture, message('Q', PostgresLab.PASSWORD));
        nonsense(fixture, join(message('p', "c=biws"), secrets.get("ClientKey")));
        sayAll(fixture);
      }
      try (ProxyFixture fixture = proxy(postgres, nobody, "wrong " + ASKS)) {
        login(fixture, PostgresLab.PASSWORD + " and more");
        sayAll(fixture);
      }
      byte[] sasl =
          message(
              'R',
              join(
                  new byte[] {0, 0, 0, 10},
                  "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII)));
      restoredAt(postgres, message('R', new byte[] {0, 0, 0, 3}));
      restoredAt(postgres, join(sasl, message('R', "\0\0\0\013r=x,s=c2FsdA==,i=10000000")));
      restoredAt(postgres, join(sasl, message('R', new byte[4])));
      restoredAt(postgres, "HTTP/1.1 400".getBytes(StandardCharsets.US_ASCII));
    }
    String all = List.copyOf(texts) + output.toString(StandardCharsets.UTF_8);
    assertThat(all).contains(CONTROL, "CLIENT_REFUSED", "LOGIN_PASSED_THROUGH", "not_restored");
    List<String> found = new ArrayList<>();
    secrets.forEach(
        (name, secret) -> {
          for (String form : forms(secret)) {
            if (all.contains(form)) {
              found.add(name + " as " + form);
            }
          }
        });
    assertThat(found).isEmpty();
  }

  private static List<String> forms(byte[] secret) {
    return List.of(
        Base64.getEncoder().withoutPadding().encodeToString(secret),
        HexFormat.of().formatHex(secret),
        HexFormat.of().withUpperCase().formatHex(secret),
        Arrays.toString(secret),
        new String(secret, StandardCharsets.ISO_8859_1));
  }
}
