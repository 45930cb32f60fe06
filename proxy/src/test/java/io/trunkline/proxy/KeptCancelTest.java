package io.trunkline.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.ErrorResponse;
import io.trunkline.pgwire.Packets;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.testing.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The key that a client was given cancels what it runs, wherever that is, and nothing else. */
class KeptCancelTest {
  private static final byte[] STARTUP =
      Packets.packet(196_608, "user\0trusted\0database\0postgres\0\0".getBytes(UTF_8));

  /** A session without TLS and password, message by message. */
  private static final class Session implements AutoCloseable {
    private final ProxyFixture fixture;
    private final Socket socket;
    private final DataInputStream in;
    private byte[] key = {};

    Session(ProxyFixture fixture) throws IOException {
      this.fixture = fixture;
      this.socket = fixture.connect("write");
      this.in = new DataInputStream(socket.getInputStream());
      socket.getOutputStream().write(STARTUP);
      assertThat(answers()).isEmpty();
    }

    void send(String query) throws IOException {
      socket.getOutputStream().write(Packets.message('Q', query + "\0"));
    }

    /** Rows and SQLSTATEs up to ReadyForQuery. */
    List<String> answers() throws IOException {
      List<String> heard = new ArrayList<>();
      while (true) {
        char type = (char) in.readByte();
        byte[] body = in.readNBytes(in.readInt() - 4);
        switch (type) {
          case 'Z' -> {
            return heard;
          }
          case 'K' -> key = body;
          case 'D' -> heard.add(new String(body, 6, body.length - 6, UTF_8));
          case 'E' ->
              heard.add(ErrorResponse.field(Unpooled.wrappedBuffer(body), 'C').orElseThrow());
          default -> {}
        }
      }
    }

    List<String> ask(String query) throws IOException {
      send(query);
      return answers();
    }

    /** Returns when it is done, as the proxy says. */
    void cancel() throws IOException {
      try (Socket other = fixture.connect("write")) {
        ByteBuffer request = ByteBuffer.allocate(8 + key.length);
        other
            .getOutputStream()
            .write(request.putInt(request.capacity()).putInt(80877102).put(key).array());
        assertThat(other.getInputStream().read()).isEqualTo(-1);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void awaitRunning(PostgresLab member, String text) {
    Await.until(
        () ->
            member
                .query(
                    "select count(*) from pg_stat_activity where state = 'active' and pid <>"
                        + " pg_backend_pid() and query like '"
                        + text
                        + "%'")
                .equals("1"));
  }

  @Test
  void itIsOfTheClientsOwnStatementsOnly() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.ALWAYS, false)) {
      lab.old.sql("create role trusted login superuser");
      try (Session session = new Session(fixture)) {
        cancels(lab, fixture, session);
      }
    }
  }

  private static void cancels(SwitchoverLab lab, ProxyFixture fixture, Session session)
      throws Exception {
    session.send("select pg_sleep(100)");
    awaitRunning(lab.old, "select pg_sleep");
    session.cancel();
    assertThat(session.answers()).containsExactly("57014");

    // The question about the state waits for a lock, and the client's next query for it.
    lab.old.sql("create table gone (n int)", "insert into gone values (1)");
    try (Session locks = new Session(fixture)) {
      locks.ask("begin; lock table pg_catalog.pg_depend in access exclusive mode");
      session.ask("set work_mem = '7MB'");
      awaitRunning(lab.old, "SELECT CASE WHEN large");
      session.send("select pg_sleep(100)");
      Thread canceller = Thread.ofVirtual().start(() -> cancelled(session));
      assertThat(canceller.join(Duration.ofMillis(300)))
          .as("a cancel request that waits for the question")
          .isFalse();
    }
    assertThat(session.answers()).containsExactly("57014");
    assertThat(SwitchoverLab.stats(fixture).kept().pinned().values()).allMatch(it -> it == 0);

    lab.old.stop("immediate");
    fixture.leader("");
    Await.until(() -> SwitchoverLab.stats(fixture).kept().detachedNow() == 1);
    session.send("insert into gone values (2)");
    session.cancel();
    assertThat(session.answers()).as("what no member has got").containsExactly("57014");
    session.cancel();
    lab.promote(fixture);
    assertThat(session.ask("show work_mem")).containsExactly("7MB");
    assertThat(session.ask("select count(*) from gone")).containsExactly("1");
    session.send("select pg_sleep(100)");
    awaitRunning(lab.next, "select pg_sleep");
    session.cancel();
    assertThat(session.answers()).as("at the next member").containsExactly("57014");
  }

  private static void cancelled(Session session) {
    try {
      session.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
