package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.trunkline.config.ListenerConfig;
import io.trunkline.pgwire.Packets;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.Socket;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the event loops allocate on the heap, by the JVM's own count, to the byte. */
class RelayAllocationTest extends ProxyTestCase {
  private static final int WARM_UP = 10_000;
  private static final int TRANSACTIONS = 10_000;

  /** Bytes: less than the smallest object. What timers allocate is shared by all transactions. */
  private static final double NOTHING = 8;

  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  /** As the daemon runs: the detector allocates a record of every touch. */
  @BeforeEach
  void withoutLeakDetection() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void withLeakDetection() {
    ResourceLeakDetector.setLevel(level);
  }

  @Test
  void aTransactionOfAFollowedSessionAllocatesNothing() throws Exception {
    assertNothingIsAllocated(new ProxyFixture.Settings());
  }

  @Test
  void aTransactionOfAnOpaqueSessionAllocatesNothing() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.followMessages = false;
    assertNothingIsAllocated(settings);
  }

  @Test
  void aTransactionOfAKeptSessionAllocatesNothing() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.keepSessions = ListenerConfig.KeepSessions.ALWAYS;
    settings.auth = Optional.of(SwitchoverLab.AUTH);
    assertNothingIsAllocated(settings);
  }

  private void assertNothingIsAllocated(ProxyFixture.Settings settings) throws Exception {
    FakePostgres member = using(FakePostgres.named("a"));
    ProxyFixture fixture = using(new ProxyFixture(settings));
    fixture.member("a", member.address());
    fixture.leader("a");
    long nobody = allocated();
    Socket client = using(fixture.open("write"));
    client.setTcpNoDelay(true);
    ProxyFixture.memberOf(client);
    assertThat(allocated()).as("a session that opens is noticed").isGreaterThan(nobody);
    exchange(client, WARM_UP);
    long before = allocated();
    exchange(client, TRANSACTIONS);
    assertThat((allocated() - before) / (double) TRANSACTIONS).isLessThan(NOTHING);
  }

  /** The member echoes. */
  private static void exchange(Socket client, int times) throws IOException {
    byte[] query = Packets.message('Q', "select 1\0");
    for (int i = 0; i < times; i++) {
      client.getOutputStream().write(query);
      assertThat(client.getInputStream().readNBytes(query.length)).hasSize(query.length);
    }
  }

  /** Bytes, of all event loops that relay sessions. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] loops =
        Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
            .filter(info -> info != null && info.getThreadName().startsWith("trunkline-session"))
            .mapToLong(ThreadInfo::getThreadId)
            .toArray();
    assertThat(loops).isNotEmpty();
    long bytes = 0;
    for (long each : threads.getThreadAllocatedBytes(loops)) {
      bytes += each;
    }
    return bytes;
  }
}
