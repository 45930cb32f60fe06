package io.trunkline.proxy;

import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Cidr;
import io.trunkline.config.LimitsConfig;
import io.trunkline.config.RuleConfig;
import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.session.SessionList;
import io.trunkline.proxy.session.SessionState;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be seen of sessions, and what rules and limits do to them on the way in. */
@Timeout(30)
class SessionListTest extends ProxyTestCase {
  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();

  /** Answers a query whose text is one letter by ReadyForQuery with that status. */
  private ProxyFixture proxy() throws IOException {
    FakePostgres postgres =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  while (true) {
                    in.readByte();
                    byte[] body = FakePostgres.readPacket(in);
                    if (body[0] != '-') {
                      client.getOutputStream().write(Packets.message('Z', body[0]));
                    }
                  }
                }));
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
    return proxy;
  }

  private Socket open(ProxyFixture proxy, String parameters) throws IOException {
    Socket client = using(proxy.connect("write"));
    client.getOutputStream().write(startup(parameters));
    return client;
  }

  private static byte[] startup(String parameters) {
    return Packets.packet(
        196_608, (parameters.replace('|', '\0') + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private static void query(Socket client, String text) throws IOException {
    client.getOutputStream().write(Packets.message('Q', text + "\0"));
  }

  private static SessionList list(ProxyFixture proxy, SessionFilter filter) throws Exception {
    return proxy.proxy.sessions(filter, 100).get(10, TimeUnit.SECONDS);
  }

  private static SessionInfo only(ProxyFixture proxy, Predicate<SessionInfo> until)
      throws Exception {
    return Await.value(
        "such a session",
        Duration.ofSeconds(10),
        () ->
            list(proxy, SessionFilter.ALL).sessions().size() == 1
                ? list(proxy, SessionFilter.ALL).sessions().stream().filter(until).findFirst()
                : Optional.empty());
  }

  private static SessionInfo in(ProxyFixture proxy, SessionState state) throws Exception {
    return only(proxy, session -> session.state() == state);
  }

  @Test
  void whatASessionTells() throws Exception {
    ProxyFixture proxy = proxy();
    Socket client = open(proxy, "user|app|database|shop|application_name|job|");
    assertThat(memberOf(client)).isEqualTo("one");
    SessionInfo session = in(proxy, SessionState.IDLE);
    assertThat(session.listener()).isEqualTo("write");
    assertThat(session.client().getPort()).isEqualTo(client.getLocalPort());
    assertThat(session.user()).isEqualTo("app");
    assertThat(session.database()).isEqualTo("shop");
    assertThat(session.applicationName()).isEqualTo("job");
    assertThat(session.member()).isEqualTo("pg1");
    assertThat(session.tls()).isEqualTo(SessionInfo.Tls.NONE);
    assertThat(session.why()).isNull();
    assertThat(session.bytesFromClient())
        .isEqualTo(startup("user|app|database|shop|application_name|job|").length);
    assertThat(session.bytesToClient()).isEqualTo(FakePostgres.greeting("one").length);
  }

  @Test
  void itsStateFollowsItsMessages() throws Exception {
    ProxyFixture proxy = proxy();
    Socket client = using(proxy.connect("write"));
    assertThat(in(proxy, SessionState.READING).user()).isNull();
    client.getOutputStream().write(startup("user|app|"));
    assertThat(in(proxy, SessionState.IDLE).database()).isEqualTo("app");
    query(client, "-"); // is not answered
    in(proxy, SessionState.ACTIVE);
  }

  @Test
  void ofATransaction() throws Exception {
    ProxyFixture proxy = proxy();
    Socket client = open(proxy, "user|app|");
    memberOf(client);
    query(client, "T");
    in(proxy, SessionState.IDLE_IN_TRANSACTION);
    query(client, "E");
    in(proxy, SessionState.FAILED_TRANSACTION);
    query(client, "I");
    in(proxy, SessionState.IDLE);
  }

  @Test
  void aWaitingSessionSaysWhatFor() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.leader("");
    open(proxy, "user|app|");
    SessionInfo session = only(proxy, one -> one.why() != null);
    assertThat(session.state()).isEqualTo(SessionState.QUEUED);
    assertThat(session.why()).isEqualTo("there is no leader key in etcd");
    assertThat(session.member()).isNull();
  }

  @Test
  void whatIsPassedThroughTellsNothing() throws Exception {
    FakePostgres postgres =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write('S');
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
    Socket client = using(proxy.connect("write"));
    client.getOutputStream().write(Packets.packet(80_877_103, new byte[0]));
    assertThat(read(client, 1)).isEqualTo("S");
    SessionInfo session = in(proxy, SessionState.RELAYING);
    assertThat(session.tls()).isEqualTo(SessionInfo.Tls.PASSTHROUGH);
    assertThat(session.user()).isNull();
    assertThat(session.database()).isNull();
    assertThat(session.applicationName()).isNull();
    assertThat(session.member()).isEqualTo("pg1");
  }

  private static SessionFilter user(String name) {
    return new SessionFilter(
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(name),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void theOldestComeFirstAndTheRestIsCounted() throws Exception {
    ProxyFixture proxy = proxy();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Socket client = open(proxy, "user|u" + i % 2 + "|");
      memberOf(client);
      ports.add(client.getLocalPort());
    }
    SessionList some = proxy.proxy.sessions(SessionFilter.ALL, 3).get(10, TimeUnit.SECONDS);
    assertThat(some.matching()).isEqualTo(7);
    assertThat(some.sessions())
        .extracting(session -> session.client().getPort())
        .isEqualTo(ports.subList(0, 3));
    assertThat(list(proxy, user("u1")).sessions())
        .hasSize(3)
        .extracting(SessionInfo::user)
        .containsOnly("u1");
    assertThat(list(proxy, SessionFilter.ALL).sessions())
        .extracting(SessionInfo::id)
        .doesNotHaveDuplicates();
  }

  @Test
  void anOperatorEndsWhatIsMeant() throws Exception {
    ProxyFixture proxy = proxy();
    Socket meant = open(proxy, "user|gone|");
    Socket other = open(proxy, "user|stays|");
    memberOf(meant);
    memberOf(other);
    assertThat(proxy.proxy.endSessions(user("gone")).get(10, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(read(meant, 1000)).startsWith("E").contains("57P01", "operator command");
    query(other, "I");
    assertThat(read(other, 6)).startsWith("Z");
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.ENDED_BY_OPERATOR, 1L);
  }

  @Test
  void rulesDecideWhoComesIn() throws Exception {
    settings.rules =
        List.of(
            new RuleConfig(
                List.of(new Cidr(InetAddress.ofLiteral("127.0.0.0"), 8)),
                List.of("app"),
                List.of(),
                RuleConfig.Action.ALLOW,
                OptionalInt.of(1),
                RuleConfig.Tls.ANY),
            new RuleConfig(
                List.of(),
                List.of(),
                List.of(),
                RuleConfig.Action.REJECT,
                OptionalInt.empty(),
                RuleConfig.Tls.ANY));
    ProxyFixture proxy = proxy();
    Socket first = open(proxy, "user|app|");
    assertThat(memberOf(first)).isEqualTo("one");
    assertThat(read(open(proxy, "user|app|"), 1000)).contains("53300", "DRule 1", "1 connections");
    assertThat(read(open(proxy, "user|x|"), 1000)).contains("28000", "DRule 2");
    first.close();
    Await.until(() -> list(proxy, SessionFilter.ALL).matching() == 0);
    assertThat(memberOf(open(proxy, "user|app|"))).isEqualTo("one");
  }

  @Test
  void aRuleThatRequiresTlsIsNotSatisfiedByAMemberThatDeclinesIt() throws Exception {
    settings.rules =
        List.of(
            new RuleConfig(
                List.of(),
                List.of(),
                List.of(),
                RuleConfig.Action.ALLOW,
                OptionalInt.empty(),
                RuleConfig.Tls.REQUIRE));
    FakePostgres postgres =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write('N');
                  in.readAllBytes();
                }));
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
    assertThat(read(open(proxy, "user|app|"), 1000)).contains("28000", "DRule 1", "TLS");
    Socket client = using(proxy.connect("write"));
    client.getOutputStream().write(Packets.packet(80_877_103, new byte[0]));
    assertThat(client.getInputStream().read()).as("no N").isEqualTo(-1);
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.BACKEND_WITHOUT_TLS, 1L);
  }

  @Test
  void ratesAndSizesArePostgresErrors() throws Exception {
    settings.limits = new LimitsConfig(99, 99, 99, OptionalInt.of(1), OptionalInt.empty(), 40);
    ProxyFixture proxy = proxy();
    Socket large = open(proxy, "user|" + "u".repeat(40) + "|");
    assertThat(read(large, 1000)).contains("08P01", "startup packet has");
    List<String> answers = new ArrayList<>();
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(open(proxy, "user|a|"));
    }
    for (Socket client : clients) {
      answers.add(read(client, 10).startsWith("E") ? read(client, 1000) : "");
    }
    assertThat(answers).anySatisfy(answer -> assertThat(answer).contains("connection_rate"));
  }

  @Test
  void withoutMemoryNewOnesAreRefusedAndOldOnesGoOn() throws Exception {
    ProxyFixture proxy = proxy();
    Socket old = open(proxy, "user|a|");
    memberOf(old);
    proxy.proxy.memory().observe(new MemoryGate.Amount(2, 1));
    assertThat(read(open(proxy, "user|a|"), 1000)).contains("53300", "memory");
    query(old, "I");
    assertThat(read(old, 6)).startsWith("Z");
    proxy.proxy.memory().observe(new MemoryGate.Amount(0, 1));
    assertThat(memberOf(open(proxy, "user|a|"))).isEqualTo("one");
  }

  @Test
  void theClientsAddressReachesTheMember() throws Exception {
    settings.applicationNameAddHost = true;
    var startups = new java.util.concurrent.LinkedBlockingQueue<byte[]>();
    FakePostgres postgres =
        using(
            new FakePostgres(
                (client, in) -> {
                  startups.add(FakePostgres.readPacket(in));
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
    Socket client = open(proxy, "user|u|application_name|psql|");
    memberOf(client);
    String added = "psql - 127.0.0.1:" + client.getLocalPort();
    assertThat(new String(startups.take(), StandardCharsets.UTF_8)).contains("\0" + added + "\0");
    assertThat(in(proxy, SessionState.IDLE).applicationName()).isEqualTo(added);
    Socket standby = open(proxy, "user|u|application_name|pg2|replication|true|");
    memberOf(standby);
    assertThat(new String(startups.take(), StandardCharsets.UTF_8)).contains("\0pg2\0");
  }
}
