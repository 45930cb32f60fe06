package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.parameter;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.session.SessionState;
import io.trunkline.routing.FailoverKey;
import io.trunkline.testing.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done for sessions whose messages can be seen. */
@Timeout(30)
class ConversationsTest extends ProxyTestCase {
  private static final int CANCEL_REQUEST = 80_877_102;
  private static final byte[] OK = message('R', new byte[4]);

  /** A server that has a transaction state: begin, commit, and anything else. */
  private FakePostgres transactional(String name) throws IOException {
    return using(
        new FakePostgres(
            (client, in) -> {
              FakePostgres.readPacket(in);
              OutputStream out = client.getOutputStream();
              out.write(FakePostgres.greeting(name));
              String status = "I";
              while (true) {
                String query = query(in);
                status = query.equals("begin") ? "T" : query.equals("commit") ? "I" : status;
                out.write(join(message('C', query + "\0"), message('Z', status)));
              }
            }));
  }

  private static String query(DataInputStream in) throws IOException {
    in.readUnsignedByte();
    byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
    return new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
  }

  private static void ask(Socket client, String query) throws IOException {
    client.getOutputStream().write(message('Q', query + "\0"));
  }

  /** The answer to a query: its tag and the transaction state. */
  private static String answer(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    in.readUnsignedByte();
    byte[] tag = in.readNBytes(in.readInt() - Integer.BYTES);
    byte[] ready = in.readNBytes(6);
    return new String(tag, 0, tag.length - 1, StandardCharsets.UTF_8) + " " + (char) ready[5];
  }

  private static boolean silent(Socket client) throws IOException {
    client.setSoTimeout(300);
    try {
      return client.getInputStream().read() == -2;
    } catch (SocketTimeoutException nothing) {
      return true;
    } finally {
      client.setSoTimeout(10_000);
    }
  }

  private static FailoverKey switchover(Optional<Instant> at) {
    return new FailoverKey(Optional.of("pg1"), Optional.of("pg2"), at, Instant.now());
  }

  private ProxyFixture proxy() throws IOException {
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", transactional("one").address());
    proxy.member("pg2", transactional("two").address());
    proxy.leader("pg1");
    return proxy;
  }

  @Test
  void in_a_switchover_what_runs_finishes_and_what_would_begin_waits() throws Exception {
    ProxyFixture proxy = proxy();
    Socket idle = using(proxy.open("write"));
    Socket busy = using(proxy.open("write"));
    assertThat(memberOf(idle)).isEqualTo("one");
    assertThat(memberOf(busy)).isEqualTo("one");
    ask(busy, "begin");
    assertThat(answer(busy)).isEqualTo("begin T");
    proxy.failover(Optional.of(switchover(Optional.empty())));
    ask(idle, "begin");
    ask(busy, "insert");
    assertThat(answer(busy)).isEqualTo("insert T");
    ask(busy, "commit");
    assertThat(answer(busy)).isEqualTo("commit I");
    ask(busy, "begin");
    assertThat(silent(busy)).as("a new transaction on the old primary").isTrue();
    assertThat(silent(idle)).as("a new transaction on the old primary").isTrue();
    proxy.leader("pg2");
    assertThat(read(busy, 1000)).startsWith("E").contains("57P01");
    assertThat(read(idle, 1000)).startsWith("E").contains("57P01");
  }

  @Test
  void a_switchover_that_is_called_off_loses_nothing() throws Exception {
    ProxyFixture proxy = proxy();
    Socket client = using(proxy.open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
    proxy.failover(Optional.of(switchover(Optional.empty())));
    ask(client, "begin");
    assertThat(silent(client)).isTrue();
    proxy.failover(Optional.empty());
    assertThat(answer(client)).isEqualTo("begin T");
    ask(client, "commit");
    assertThat(answer(client)).isEqualTo("commit I");
  }

  @Test
  void a_switchover_in_the_future_changes_nothing() throws Exception {
    ProxyFixture proxy = proxy();
    Socket client = using(proxy.open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
    proxy.failover(Optional.of(switchover(Optional.of(Instant.now().plusSeconds(3600)))));
    ask(client, "begin");
    assertThat(answer(client)).isEqualTo("begin T");
  }

  @Test
  void who_does_not_want_messages_followed_gets_bytes_relayed_and_nothing_else() throws Exception {
    ProxyFixture.Settings unread = new ProxyFixture.Settings();
    unread.followMessages = false;
    ProxyFixture proxy = using(new ProxyFixture(unread));
    proxy.member("pg1", transactional("one").address());
    proxy.member("pg2", transactional("two").address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
    SessionInfo session =
        proxy.proxy.sessions(SessionFilter.ALL, 1).get(5, TimeUnit.SECONDS).sessions().getFirst();
    assertThat(session.state()).isEqualTo(SessionState.RELAYING);
    assertThat(session.user()).isEqualTo("app");
    proxy.failover(Optional.of(switchover(Optional.empty())));
    ask(client, "begin");
    assertThat(answer(client)).as("a switchover does not hold it back").isEqualTo("begin T");
    proxy.leader("pg2");
    assertThat(read(client, 1000)).as("no words are put into an unread stream").isEmpty();
  }

  @Test
  void a_standby_on_the_primarys_route_is_asked_again_and_not_handed_to_the_client()
      throws Exception {
    AtomicBoolean promoted = new AtomicBoolean();
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  String standby = promoted.getAndSet(true) ? "off" : "on";
                  client
                      .getOutputStream()
                      .write(join(OK, parameter("in_hot_standby", standby), message('Z', "I")));
                  in.readAllBytes();
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    byte[] greeting = join(OK, parameter("in_hot_standby", "off"), message('Z', "I"));
    assertThat(client.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
    assertThat(member.connections()).isEqualTo(2);
    assertThat(proxy.standbys).containsExactly("pg1");
  }

  @Test
  void a_client_that_has_given_its_password_to_a_standby_is_told_to_come_again() throws Exception {
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  OutputStream out = client.getOutputStream();
                  out.write(message('R', new byte[] {0, 0, 0, 3}));
                  in.readUnsignedByte();
                  in.readNBytes(in.readInt() - Integer.BYTES);
                  out.write(join(OK, parameter("in_hot_standby", "on"), message('Z', "I")));
                  in.readAllBytes();
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    assertThat(client.getInputStream().readNBytes(9)).hasSize(9);
    client.getOutputStream().write(message('p', "secret\0"));
    assertThat(read(client, 1000)).startsWith("E").contains("57P03", "still in recovery");
    assertThat(proxy.standbys).containsExactly("pg1");
  }

  @Test
  void readers_are_given_to_standbys() throws Exception {
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client
                      .getOutputStream()
                      .write(
                          join(
                              parameter("in_hot_standby", "on"),
                              OK,
                              parameter("member", "two"),
                              message('Z', "I")));
                  in.readAllBytes();
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", transactional("one").address());
    proxy.member("pg2", member.address());
    proxy.leader("pg1");
    assertThat(memberOf(using(proxy.open("read")))).isEqualTo("two");
  }

  @Test
  void a_member_that_dies_without_a_word_is_explained() throws Exception {
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  in.readUnsignedByte();
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
    ask(client, "select 1");
    assertThat(read(client, 1000)).startsWith("E").contains("57P01");
  }

  @Test
  void a_members_own_last_words_are_enough() throws Exception {
    byte[] words = message('E', "SFATAL\0VFATAL\0C57P01\0Mby the administrator\0\0");
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(join(FakePostgres.greeting("one"), words));
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(words);
  }

  @Test
  void a_cancel_request_whose_key_was_seen_goes_to_that_member_alone() throws Exception {
    var first = new LinkedBlockingQueue<byte[]>();
    var second = new LinkedBlockingQueue<byte[]>();
    byte[] key = {0, 0, 0, 7, 1, 2, 3, 4};
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", giving(key, first).address());
    proxy.member("pg2", giving(new byte[8], second).address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    assertThat(client.getInputStream().readNBytes(9 + 13 + 6)).hasSize(28);
    assertThat(first.poll(5, TimeUnit.SECONDS)).isNotNull();
    for (String listener : List.of("write", "read")) {
      Socket cancelling = using(proxy.connect(listener));
      cancelling.getOutputStream().write(packet(CANCEL_REQUEST, key));
      assertThat(first.poll(5, TimeUnit.SECONDS)).endsWith(key);
    }
    assertThat(second).isEmpty();
    client.close();
    Await.until(() -> proxy.proxy.stats().get("write").connections() == 0);
    Socket late = using(proxy.connect("write"));
    late.getOutputStream().write(packet(CANCEL_REQUEST, key));
    assertThat(second.poll(5, TimeUnit.SECONDS))
        .as("whose it is is not known any more")
        .isNotNull();
  }

  private FakePostgres giving(byte[] key, LinkedBlockingQueue<byte[]> packets) throws IOException {
    return using(
        new FakePostgres(
            (client, in) -> {
              packets.add(FakePostgres.readPacket(in));
              client.getOutputStream().write(join(OK, message('K', key), message('Z', "I")));
              in.readAllBytes();
            }));
  }

  @Test
  void within_a_message_nothing_is_put_in() throws Exception {
    byte[] half = {'D', 0, 0, 1, 0, 1, 2, 3};
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(join(FakePostgres.greeting("one"), half));
                  in.readAllBytes();
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    Socket client = using(proxy.open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(client.getInputStream().readNBytes(half.length)).isEqualTo(half);
    proxy.member("pg2", transactional("two").address());
    proxy.leader("pg2");
    assertThat(client.getInputStream().readAllBytes()).isEmpty();
  }
}
