package io.trunkline.proxy;

import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.config.Cidr;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.FreePorts;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another configuration comes while sessions are open. */
@Timeout(30)
class ReconfigurationTest extends ProxyTestCase {
  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();

  private ProxyFixture proxy() throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", using(FakePostgres.named("two")).address());
    proxy.leader("pg1");
    return proxy;
  }

  private static boolean alive(Socket client) throws IOException {
    client.setSoTimeout(200);
    try {
      return client.getInputStream().read() >= 0;
    } catch (java.net.SocketTimeoutException nothing) {
      return true;
    }
  }

  @Test
  void who_is_in_stays_and_who_comes_is_treated_by_the_new_rules() throws Exception {
    ProxyFixture proxy = proxy();
    InetSocketAddress write = proxy.proxy.bound().get("write");
    Socket before = using(proxy.open("write"));
    assertThat(memberOf(before)).isEqualTo("one");
    settings.deny = List.of(new Cidr(InetAddress.getByName("127.0.0.0"), 8));
    proxy.reconfigure(settings);
    assertThat(proxy.proxy.bound()).as("the port never closed").containsEntry("write", write);
    Socket after = using(proxy.open("write"));
    assertThat(read(after, 100)).contains("28000");
    assertThat(alive(before)).isTrue();
    assertThat(proxy.proxy.stats().get("write").connections()).isEqualTo(1);
    proxy.leader("pg2");
    assertThat(read(before, 1000)).as("it is fenced as ever").contains("57P01");
    Await.until(() -> proxy.proxy.stats().get("write").connections() == 0);
  }

  @Test
  void the_same_configuration_changes_nothing() throws Exception {
    ProxyFixture proxy = proxy();
    ListenerStats stats = proxy.proxy.stats().get("read");
    proxy.reconfigure(settings);
    assertThat(proxy.proxy.stats().get("read")).isSameAs(stats);
    assertThat(memberOf(using(proxy.open("write")))).isEqualTo("one");
  }

  @Test
  void a_listener_that_goes_takes_nobody_and_keeps_its_sessions() throws Exception {
    ProxyFixture proxy = proxy();
    InetSocketAddress read = proxy.proxy.bound().get("read");
    Socket session = using(proxy.open("read"));
    assertThat(memberOf(session)).isEqualTo("two");
    settings.listeners = List.of("write");
    proxy.reconfigure(settings);
    assertThat(proxy.proxy.bound()).containsOnlyKeys("write");
    assertThatThrownBy(() -> using(new Socket()).connect(read))
        .isInstanceOf(ConnectException.class);
    assertThat(alive(session)).isTrue();
    settings.listeners = List.of("write", "read");
    proxy.reconfigure(settings);
    assertThat(memberOf(using(proxy.open("read")))).isEqualTo("two");
  }

  @Test
  void an_address_that_cannot_be_bound_leaves_everything_as_it_was() throws Exception {
    ProxyFixture proxy = proxy();
    InetSocketAddress write = proxy.proxy.bound().get("write");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      settings.bind = new HostPort("127.0.0.1", taken.getLocalPort());
      settings.listeners = List.of("write");
      assertThatThrownBy(() -> proxy.reconfigure(settings))
          .hasMessageContaining("listener write: cannot bind 127.0.0.1:" + taken.getLocalPort());
    }
    assertThat(proxy.proxy.bound()).containsEntry("write", write).containsKey("read");
    assertThat(memberOf(using(proxy.open("write")))).isEqualTo("one");
    assertThat(memberOf(using(proxy.open("read")))).isEqualTo("two");
  }

  @Test
  void a_wider_address_on_the_same_port_replaces_the_narrower() throws Exception {
    int port = FreePorts.next();
    settings.listeners = List.of("write");
    settings.bind = new HostPort("127.0.0.1", port);
    ProxyFixture proxy = proxy();
    Socket session = using(proxy.open("write"));
    assertThat(memberOf(session)).isEqualTo("one");
    settings.bind = new HostPort("0.0.0.0", port);
    proxy.reconfigure(settings);
    Socket other = using(new Socket("127.0.0.2", port));
    other.getOutputStream().write(io.trunkline.pgwire.Packets.startup());
    assertThat(memberOf(other)).isEqualTo("one");
    assertThat(alive(session)).isTrue();
  }

  @Test
  void the_sessions_of_a_cluster_that_goes_end() throws Exception {
    ProxyFixture proxy = proxy();
    Socket session = using(proxy.open("write"));
    assertThat(memberOf(session)).isEqualTo("one");
    settings.cluster = "other";
    proxy.reconfigure(settings);
    assertThat(read(session, 1000)).contains("57P01", "removed from the configuration");
  }

  @Test
  void while_the_node_stands_aside_nothing_is_bound() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.proxy.pause();
    settings.startupTimeout = java.time.Duration.ofSeconds(3);
    proxy.reconfigure(settings);
    assertThat(proxy.proxy.bound()).isEmpty();
    proxy.proxy.start();
    assertThat(memberOf(using(proxy.open("write")))).isEqualTo("one");
  }
}
