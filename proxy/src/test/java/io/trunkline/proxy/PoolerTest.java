package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.parameter;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.DialTarget;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners with {@code target: proxy_url}: sessions go through poolers beside the members. */
@Timeout(30)
class PoolerTest extends ProxyTestCase {
  private static final byte[] KEY = {0, 0, 0, 9, 4, 3, 2, 1};

  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();
  private final BlockingQueue<byte[]> packets = new LinkedBlockingQueue<>();

  PoolerTest() {
    settings.target = DialTarget.PROXY_URL;
  }

  private ProxyFixture proxy() throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", using(FakePostgres.named("two")).address());
    return proxy;
  }

  /** It repeats what PostgreSQL said when it was a standby. */
  private FakePostgres pooler(String name) throws IOException {
    return using(
        new FakePostgres(
            (client, in) -> {
              packets.add(FakePostgres.readPacket(in));
              client
                  .getOutputStream()
                  .write(
                      join(
                          message('R', new byte[4]),
                          parameter("in_hot_standby", "on"),
                          parameter("member", name),
                          message('K', KEY),
                          message('Z', "I")));
              in.readAllBytes();
            }));
  }

  @Test
  void sessions_are_connected_to_the_pooler_and_fenced_like_others() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.pooler("pg1", pooler("pooler one").address());
    proxy.pooler("pg2", pooler("pooler two").address());
    proxy.leader("pg1");
    Socket writer = using(proxy.open("write"));
    Socket reader = using(proxy.open("read"));
    assertThat(memberOf(writer)).isEqualTo("pooler one");
    assertThat(memberOf(reader)).isEqualTo("pooler two");
    assertThat(proxy.standbys).as("a pooler's word says nothing of PostgreSQL").isEmpty();
    proxy.leader("pg2");
    assertThat(read(writer, 1000)).startsWith("E").contains("57P01", "another member");
  }

  @Test
  void a_cancel_request_reaches_the_pooler() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.pooler("pg1", pooler("pooler one").address());
    proxy.leader("pg1");
    Socket writer = using(proxy.open("write"));
    assertThat(memberOf(writer)).isEqualTo("pooler one");
    assertThat(packets.poll(5, TimeUnit.SECONDS)).isNotNull();
    byte[] cancel = packet(PlainOrTlsMember.CANCEL_REQUEST, KEY);
    Socket cancelling = using(proxy.connect("read"));
    cancelling.getOutputStream().write(cancel);
    assertThat(packets.poll(5, TimeUnit.SECONDS)).endsWith(KEY);
    byte[] unknown = packet(PlainOrTlsMember.CANCEL_REQUEST, new byte[] {0, 0, 0, 9, 9, 9, 9, 9});
    Socket elsewhere = using(proxy.connect("read"));
    elsewhere.getOutputStream().write(unknown);
    assertThat(packets.poll(5, TimeUnit.SECONDS)).as("a session of another node").isNotNull();
  }

  @Test
  void a_member_without_a_pooler_gets_nobody_and_the_client_is_told_why() throws Exception {
    settings.holdTimeout = Duration.ofMillis(300);
    ProxyFixture proxy = proxy();
    proxy.leader("pg1");
    for (String listener : new String[] {"write", "read"}) {
      assertThat(read(using(proxy.open(listener)), 1000)).contains("57P03", "no proxy_url");
    }
  }

  @Test
  void a_pooler_that_is_announced_late_is_used() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.leader("pg1");
    Socket writer = using(proxy.open("write"));
    until(() -> proxy.proxy.stats().get("write").queued() == 1);
    proxy.pooler("pg1", pooler("pooler one").address());
    proxy.refresh();
    assertThat(memberOf(writer)).isEqualTo("pooler one");
  }

  @Test
  void a_pooler_that_refuses_says_nothing_of_its_member() throws Exception {
    settings.holdTimeout = Duration.ofMillis(300);
    ProxyFixture proxy = proxy();
    FakePostgres gone = FakePostgres.named("gone");
    proxy.pooler("pg1", gone.address());
    gone.close();
    proxy.leader("pg1");
    assertThat(read(using(proxy.open("write")), 1000)).contains("57P03");
    assertThat(proxy.failures).isEmpty();
  }
}
