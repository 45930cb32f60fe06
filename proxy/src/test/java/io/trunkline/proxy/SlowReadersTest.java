package io.trunkline.proxy;

import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.relay.RelayMemory;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers that take nothing of what is sent to them: what that costs, and that others do not notice.
 */
@Timeout(120)
class SlowReadersTest extends ProxyTestCase {
  private static final int READERS = 60;

  /** Half of it is for what waits. */
  private static final long MEMORY = 16L << 20;

  private static final byte[] ENDLESS = Packets.message('Q', "select endless\0");
  private static final byte[] SHORT = Packets.message('Q', "select shortly\0");
  private static final byte[] ROW = Packets.message('D', new byte[64 * 1024]);
  private static final int ROWS = 64;
  private static final byte[] READY = Packets.message('Z', "I");

  private ProxyFixture proxy;
  private long memory = MEMORY;

  @Test
  void theyCostNoMoreThanThereIsForThem() throws Exception {
    List<Socket> readers = readers(new Settings(), READERS);
    assertIsBounded();
    assertEveryoneGotSomething(readers);
    assertOthersAreServed();
    assertTheyAreFenced();
    for (Socket reader : readers) {
      reader.close();
    }
    until(() -> proxy.proxy.waitingBytes() == 0);
  }

  @Test
  void norIfTheirTlsEndsHere() throws Exception {
    readers(new Settings().terminating(TestTls.file("server.crt")), READERS);
    assertIsBounded();
    assertTheyAreFenced();
  }

  @Test
  void norDoMembersThatDoNotRead() throws Exception {
    start(
        new Settings(),
        (member, in) -> {
          FakePostgres.readPacket(in);
          member.getOutputStream().write(FakePostgres.greeting("a"));
          try {
            Thread.sleep(100_000);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    for (int i = 0; i < READERS; i++) {
      Socket client = using(proxy.open("write"));
      ProxyFixture.memberOf(client);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    client.getOutputStream().write(ROW);
                  }
                } catch (IOException e) {
                  // It was fenced.
                }
              });
    }
    assertIsBounded();
    assertTheyAreFenced();
  }

  @Test
  void norDoClientsThatWait() throws Exception {
    Settings settings = new Settings();
    settings.holdLimit = 1_000;
    start(settings, SlowReadersTest::answer);
    proxy.leader("");
    byte[] all = Packets.join(Packets.startup(), new byte[30_000]);
    for (int i = 0; i < READERS; i++) {
      using(proxy.connect("write")).getOutputStream().write(all);
    }
    assertIsBounded();
  }

  @Test
  void whatIsSentToThemLastIsDroppedIfNobodyElseGetsMemory() throws Exception {
    memory = 128 << 10;
    readers(new Settings(), READERS);
    // The kernel takes megabytes for each of them before anything waits.
    until("reader for whom nothing is left", Duration.ofSeconds(60), this::nothingIsFree);
    settled(proxy.proxy::waitingBytes);
    assertThatThrownBy(this::assertOthersAreServed).hasMessageContaining("memory");
    proxy.member("b", using(new FakePostgres(SlowReadersTest::answer)).address());
    proxy.leader("b");
    until(() -> proxy.proxy.stats().get("write").sessions().get("a") == 0);
    assertThatThrownBy(this::assertOthersAreServed).hasMessageContaining("memory");
    until(() -> !nothingIsFree());
    assertOthersAreServed();
  }

  private boolean nothingIsFree() {
    return proxy.proxy.waitingBytes() >= proxy.proxy.waitingBytesLimit();
  }

  @Test
  void aDrainWaitsForWhoIsSlowToTakeTheLast() throws Exception {
    Socket reader = readers(new Settings(), 1).getFirst();
    settled(proxy.proxy::waitingBytes);
    assertTheyAreFenced();
    assertThat(proxy.proxy.waitingBytes()).isPositive();
    CompletableFuture<Void> drained = proxy.proxy.drain(Duration.ofSeconds(60));
    assertThatThrownBy(() -> drained.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    reader.getInputStream().readAllBytes();
    drained.get(10, TimeUnit.SECONDS);
  }

  private List<Socket> readers(Settings settings, int count) throws Exception {
    start(settings, SlowReadersTest::answer);
    List<Socket> readers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Socket plain = using(new Socket());
      plain.setReceiveBufferSize(4 * 1024);
      plain.setSoTimeout(20_000);
      plain.connect(proxy.proxy.bound().get("write"));
      Socket reader = plain;
      if (settings.tls.files().cert().isPresent()) {
        plain.getOutputStream().write(Packets.packet(80_877_103, new byte[0]));
        assertThat(plain.getInputStream().read()).isEqualTo('S');
        reader = TestTls.client(plain, "");
      }
      reader.getOutputStream().write(Packets.startup());
      ProxyFixture.memberOf(reader);
      readers.add(reader);
    }
    for (Socket reader : readers) {
      reader.getOutputStream().write(ENDLESS);
    }
    return readers;
  }

  private void start(Settings settings, FakePostgres.Script script) throws IOException {
    settings.memoryLimit = OptionalLong.of(memory);
    proxy = using(new ProxyFixture(settings));
    proxy.member("a", using(new FakePostgres(script)).address());
    proxy.leader("a");
  }

  private static void answer(Socket member, DataInputStream in) throws IOException {
    FakePostgres.readPacket(in);
    member.getOutputStream().write(FakePostgres.greeting("a"));
    boolean endless = Arrays.equals(in.readNBytes(ENDLESS.length), ENDLESS);
    for (int i = 0; endless || i < ROWS; i++) {
      member.getOutputStream().write(ROW);
    }
    member.getOutputStream().write(READY);
    in.readAllBytes();
  }

  private void assertIsBounded() throws InterruptedException {
    until(() -> proxy.proxy.waitingBytes() > 0);
    settled(proxy.proxy::waitingBytes);
    assertThat(proxy.proxy.waitingBytes())
        .isLessThanOrEqualTo(
            proxy.proxy.waitingBytesLimit() + 2L * READERS * RelayMemory.SMALLEST_PIECE);
  }

  /** Waits until that is the same for a while. */
  private static void settled(LongSupplier value) throws InterruptedException {
    long since = System.nanoTime();
    for (long before = -1; System.nanoTime() - since < TimeUnit.SECONDS.toNanos(1); ) {
      long now = value.getAsLong();
      if (now != before) {
        before = now;
        since = System.nanoTime();
      }
      Thread.sleep(10);
    }
  }

  private static void assertEveryoneGotSomething(List<Socket> readers) throws IOException {
    for (Socket reader : readers) {
      assertThat(reader.getInputStream().read()).isEqualTo('D');
    }
  }

  private void assertOthersAreServed() throws IOException {
    Socket client = using(proxy.open("write"));
    ProxyFixture.memberOf(client);
    client.getOutputStream().write(SHORT);
    byte[] answer = client.getInputStream().readNBytes(ROWS * ROW.length + READY.length);
    assertThat(answer).hasSize(ROWS * ROW.length + READY.length).endsWith(READY);
  }

  /** Another member is the primary now. */
  private void assertTheyAreFenced() throws Exception {
    proxy.member("b", new HostPort("127.0.0.1", 1));
    proxy.leader("b");
    until(() -> proxy.proxy.stats().get("write").sessions().get("a") == 0);
  }
}
