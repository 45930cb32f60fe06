package io.trunkline.proxy;

import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions are looked at again whenever something that decides on them has changed. */
@Timeout(30)
class FencingTest extends ProxyTestCase {
  /** Each leaves within 30 s, by chance: that none of so many does within 10 s does not happen. */
  private static final int READERS = 40;

  private ProxyFixture proxy() throws IOException {
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", using(FakePostgres.named("two")).address());
    proxy.leader("pg1");
    return proxy;
  }

  private static long promoted(ProxyFixture proxy) {
    return proxy.proxy.stats().get("read").ends().getOrDefault(SessionEnd.PROMOTED, 0L);
  }

  @Test
  void readers_leave_a_promoted_replica_when_another_replica_returns_late() throws Exception {
    ProxyFixture proxy = proxy();
    List<Socket> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(using(proxy.open("read")));
      assertThat(memberOf(readers.getLast())).isEqualTo("two");
    }
    proxy.gone("pg1");
    proxy.leader("pg2");
    proxy.refresh();
    Socket witness = readers.getFirst();
    witness.getOutputStream().write('x');
    assertThat(read(witness, 1)).as("there is no other replica").isEqualTo("x");
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.refresh();
    until(() -> promoted(proxy) > 0);
    assertThat(memberOf(using(proxy.open("read")))).isEqualTo("one");
  }

  @Test
  void readers_stay_when_the_other_replica_is_gone_again() throws Exception {
    ProxyFixture proxy = proxy();
    Socket reader = using(proxy.open("read"));
    assertThat(memberOf(reader)).isEqualTo("two");
    proxy.leader("pg2");
    proxy.gone("pg1");
    proxy.refresh();
    long before = promoted(proxy);
    Thread.sleep(500); // nobody ends meanwhile
    assertThat(promoted(proxy)).isEqualTo(before);
  }

  @Test
  void a_replica_that_held_the_key_is_fenced_though_it_was_never_open_here() throws Exception {
    ProxyFixture proxy = proxy();
    Socket reader = using(proxy.open("read"));
    assertThat(memberOf(reader)).isEqualTo("two");
    proxy.promoting("pg2");
    proxy.leader("pg1");
    assertThat(read(reader, 1000)).startsWith("E").contains("57P01", "another member");
  }

  @Test
  void who_came_while_the_replica_was_being_promoted_is_fenced_too() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.promoting("pg2");
    List<Socket> onPromoted = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Socket reader = using(proxy.open("read"));
      if (memberOf(reader).equals("two")) {
        onPromoted.add(reader);
      }
    }
    assertThat(onPromoted).isNotEmpty();
    proxy.leader("pg1");
    for (Socket reader : onPromoted) {
      assertThat(read(reader, 1000)).startsWith("E").contains("57P01", "another member");
    }
  }

  @Test
  void the_same_name_at_another_address_supersedes() throws Exception {
    ProxyFixture proxy = proxy();
    Socket writer = using(proxy.open("write"));
    assertThat(memberOf(writer)).isEqualTo("one");
    proxy.member("pg1", using(FakePostgres.named("new")).address());
    proxy.refresh();
    assertThat(read(writer, 1000)).startsWith("E").contains("57P01", "another member");
    assertThat(memberOf(using(proxy.open("write")))).isEqualTo("new");
  }

  @Test
  void sessions_of_another_scope_end_when_the_cluster_gets_a_new_one() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", using(FakePostgres.named("two")).address());
    proxy.leader("pg1");
    Socket writer = using(proxy.open("write"));
    Socket reader = using(proxy.open("read"));
    assertThat(memberOf(writer)).isEqualTo("one");
    assertThat(memberOf(reader)).isEqualTo("two");
    settings.holdLimit = 50; // these sessions keep the settings they began with
    proxy.reconfigure(settings);
    settings.scope = "other";
    proxy.reconfigure(settings);
    for (Socket each : List.of(writer, reader)) {
      assertThat(read(each, 1000)).contains("57P01", "removed from the configuration");
    }
    Socket next = using(proxy.connect("write"));
    next.getOutputStream().write(Packets.startup());
    assertThat(memberOf(next)).isEqualTo("one");
  }
}
