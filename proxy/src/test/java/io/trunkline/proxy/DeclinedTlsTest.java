package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * By default libpq and others ask for TLS and go on without it. Where TLS would pass through and
 * the member declines it, what comes then is seen as what others say at once.
 */
@Timeout(60)
class DeclinedTlsTest extends ProxyTestCase {
  private static final byte[] SSL_REQUEST = packet(PlainOrTlsMember.SSL_REQUEST, new byte[0]);

  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();
  private final List<byte[]> startups = new CopyOnWriteArrayList<>();

  /** As PostgreSQL with ssl off. */
  private FakePostgres withoutTls(String name) throws IOException {
    return using(
        new FakePostgres(
            (client, in) -> {
              byte[] first = FakePostgres.readPacket(in);
              if (first.length == SSL_REQUEST.length - Integer.BYTES) {
                client.getOutputStream().write('N');
                first = FakePostgres.readPacket(in);
              }
              startups.add(first);
              client.getOutputStream().write(FakePostgres.greeting(name));
              in.transferTo(client.getOutputStream());
            }));
  }

  private ProxyFixture proxy(FakePostgres... members) throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    for (int i = 0; i < members.length; i++) {
      proxy.member("pg" + (i + 1), members[i].address());
    }
    proxy.leader("pg1");
    return proxy;
  }

  private static long ends(ProxyFixture proxy, SessionEnd reason) {
    return Objects.requireNonNull(proxy.proxy.stats().get("write")).ends().getOrDefault(reason, 0L);
  }

  private Socket declined(ProxyFixture proxy) throws IOException {
    Socket client = using(proxy.connect("write"));
    client.getOutputStream().write(SSL_REQUEST);
    assertThat(read(client, 1)).isEqualTo("N");
    return client;
  }

  @Test
  void theSessionIsSeenOnTheSameConnection() throws Exception {
    FakePostgres postgres = withoutTls("one");
    ProxyFixture proxy = proxy(postgres);
    Socket client = declined(proxy);
    client.getOutputStream().write(startup());

    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(postgres.connections()).isEqualTo(1);
    SessionInfo info = proxy.proxy.sessions(SessionFilter.ALL, 10).get().sessions().getFirst();
    assertThat(info.user()).isEqualTo("app");
    assertThat(info.database()).isEqualTo("db");
    assertThat(info.tls()).isEqualTo(SessionInfo.Tls.NONE);
  }

  @Test
  void whatIsSentAheadIsNotLost() throws Exception {
    ProxyFixture proxy = proxy(withoutTls("one"));
    Socket client = using(proxy.connect("write"));
    client.getOutputStream().write(join(SSL_REQUEST, startup(), message('Q', "select 1\0")));

    assertThat(read(client, 1)).isEqualTo("N");
    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(read(client, 14)).contains("select 1");
    assertThat(startups).hasSize(1);
  }

  @Test
  void whereThePrimaryHasChangedMeanwhileTheNewOneIsAsked() throws Exception {
    FakePostgres old = withoutTls("one");
    ProxyFixture proxy = proxy(old, withoutTls("two"));
    Socket client = declined(proxy);
    proxy.leader("pg2");
    client.getOutputStream().write(startup());

    assertThat(memberOf(client)).isEqualTo("two");
    assertThat(old.connections()).isEqualTo(1);
  }

  /** Its old connection may lead to a server that has since been replaced. */
  @Test
  void oneThatWasThePrimaryBeforeIsConnectedToAnew() throws Exception {
    FakePostgres postgres = withoutTls("one");
    ProxyFixture proxy = proxy(postgres, withoutTls("two"));
    Socket client = declined(proxy);
    proxy.leader("pg2");
    Await.until(
        () ->
            proxy.proxy.sessions(SessionFilter.ALL, 10).get().sessions().getFirst().member()
                == null);
    proxy.leader("pg1");
    client.getOutputStream().write(startup());

    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(postgres.connections()).isEqualTo(2);
  }

  /** PostgreSQL answers the request for TLS before it says that it is starting. */
  @Test
  void aMemberThatIsStartingIsWaitedFor() throws Exception {
    settings.holdLimit = 0; // who waits at a member that refuses everybody takes none of it
    AtomicInteger starting = new AtomicInteger(3);
    FakePostgres postgres =
        using(
            new FakePostgres(
                (client, in) -> {
                  byte[] first = FakePostgres.readPacket(in);
                  if (first.length == SSL_REQUEST.length - Integer.BYTES) {
                    client.getOutputStream().write('N');
                    FakePostgres.readPacket(in);
                  }
                  if (starting.getAndDecrement() > 0) {
                    client
                        .getOutputStream()
                        .write(
                            message(
                                'E', "SFATAL\0C57P03\0Mthe database system is starting up\0\0"));
                    return;
                  }
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = proxy(postgres);
    Socket client = declined(proxy);
    client.getOutputStream().write(startup());

    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(postgres.connections()).isEqualTo(4);
  }

  @Test
  void aMemberThatClosesMeanwhileIsConnectedToAnew() throws Exception {
    List<Socket> connections = new CopyOnWriteArrayList<>();
    FakePostgres postgres =
        using(
            new FakePostgres(
                (client, in) -> {
                  connections.add(client);
                  byte[] first = FakePostgres.readPacket(in);
                  if (first.length == SSL_REQUEST.length - Integer.BYTES) {
                    client.getOutputStream().write('N');
                    return;
                  }
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = proxy(postgres);
    Socket client = declined(proxy);
    Await.until(() -> connections.getFirst().isClosed());
    client.getOutputStream().write(startup());

    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(connections).hasSize(2);
  }

  @Test
  void aClientThatSaysNothingMoreIsNotWaitedForLongerThanAnyOther() throws Exception {
    settings.startupTimeout = Duration.ofMillis(300);
    ProxyFixture proxy = proxy(withoutTls("one"));
    Socket client = declined(proxy);

    assertThat(client.getInputStream().read()).isEqualTo(-1);
    Await.until(() -> ends(proxy, SessionEnd.STARTUP_TIMEOUT) == 1);
    Await.until(() -> proxy.proxy.sessions(SessionFilter.ALL, 10).get().matching() == 0);
  }

  @Test
  void tlsIsDeclinedOnce() throws Exception {
    ProxyFixture proxy = proxy(withoutTls("one"));
    Socket client = declined(proxy);
    client.getOutputStream().write(SSL_REQUEST);

    assertThat(read(client, 1000)).contains("he client requested TLS after it was declined");
  }

  @Test
  void gssapiMayBeAskedForThen() throws Exception {
    ProxyFixture proxy = proxy(withoutTls("one"));
    Socket client = declined(proxy);
    client.getOutputStream().write(packet(80_877_104, new byte[0]));
    assertThat(read(client, 1)).isEqualTo("N");
    client.getOutputStream().write(startup());

    assertThat(memberOf(client)).isEqualTo("one");
  }

  @Test
  void aCancelRequestIsOneWithoutTlsToo() throws Exception {
    ProxyFixture proxy = proxy(withoutTls("one"));
    Socket client = declined(proxy);
    client.getOutputStream().write(packet(80_877_102, new byte[8]));

    assertThat(client.getInputStream().read()).isEqualTo(-1);
    Await.until(() -> ends(proxy, SessionEnd.CANCEL_DONE) == 1);
  }

  /** As psql does that somebody has typed without a thought of TLS. */
  @Test
  void suchSessionsAreKept() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab()) {
      lab.old.sql("alter system set ssl = off", "select pg_reload_conf()");
      try (ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false);
          PsqlSession psql =
              new PsqlSession(fixture, "user=scram password='" + PostgresLab.PASSWORD + "'")) {
        String pid = psql.say("set work_mem = '7MB'; select pg_backend_pid()");
        SwitchoverLab.announce(fixture);
        lab.awaitAnswers(1);
        lab.finish(fixture);

        assertThat(psql.say("show work_mem"))
            .as(() -> SwitchoverLab.story(fixture))
            .isEqualTo("7MB");
        assertThat(psql.say("select pg_backend_pid()")).isNotEqualTo(pid);
      }
    }
  }
}
