package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.PlainOrTlsMember.GSSENC_REQUEST;
import static io.trunkline.proxy.PlainOrTlsMember.SSL_REQUEST;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a client does, its session ends for a reason, and nothing of it stays. */
@Timeout(120)
class HostileClientTest extends ProxyTestCase {
  private static final byte[] SSL = packet(SSL_REQUEST, new byte[0]);
  private static final int RANDOM_CLIENTS = 200;

  private final SSLContext context = TestTls.context("");
  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();
  private ProxyFixture proxy;

  /** Where the client's TLS ends. */
  enum Listener {
    PASSTHROUGH,
    TERMINATE
  }

  private AtRest start(Listener listener, FakePostgres.Script script) throws Exception {
    if (listener == Listener.TERMINATE) {
      settings.terminating(TestTls.file("server.crt"));
    }
    settings.limits = Configs.limits(10_000, 10_000, 10_000);
    settings.holdTimeout = Duration.ofMillis(300);
    FakePostgres member = using(new FakePostgres(script));
    proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    // What is set up once only, for the first client, is there afterwards.
    open(listener).close();
    until(() -> proxy.proxy.stats().get("write").connections() == 0);
    return AtRest.now(proxy);
  }

  private AtRest start(Listener listener) throws Exception {
    return start(listener, new PlainOrTlsMember(false)::run);
  }

  /** A session as it should be. */
  private Socket open(Listener listener) throws IOException {
    Socket client = proxy.connect("write");
    if (listener == Listener.TERMINATE) {
      client.getOutputStream().write(SSL);
      assertThat(read(client, 1)).isEqualTo("S");
      client = TestTls.client(client, context);
    }
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
    return client;
  }

  private long ends(SessionEnd reason) {
    return proxy.proxy.stats().get("write").ends().get(reason);
  }

  private List<String> each(List<byte[]> attacks) throws Exception {
    List<Callable<String>> clients = new ArrayList<>();
    for (byte[] bytes : attacks) {
      clients.add(
          () -> {
            try (Socket client = proxy.connect("write")) {
              return Attackers.send(client, bytes);
            }
          });
    }
    return Attackers.all(clients);
  }

  @ParameterizedTest
  @EnumSource
  void what_is_no_opening_is_told_so(Listener listener) throws Exception {
    AtRest before = start(listener);
    assertThat(each(Attackers.noOpenings()))
        .allSatisfy(answer -> assertThat(answer).contains("08P01", "trunkline: "));
    assertThat(ends(SessionEnd.STARTUP_MALFORMED)).isEqualTo(Attackers.noOpenings().size());
    before.comesBack();
  }

  @ParameterizedTest
  @EnumSource
  void random_bytes_end_for_a_reason(Listener listener) throws Exception {
    settings.startupTimeout = Duration.ofMillis(500);
    AtRest before = start(listener);
    Random random = new Random(20_261_121);
    List<byte[]> attacks = new ArrayList<>();
    for (int i = 0; i < RANDOM_CLIENTS; i++) {
      byte[] bytes = new byte[1 + random.nextInt(2000)];
      random.nextBytes(bytes);
      attacks.add(i % 2 == 0 ? bytes : join(firstBytes(i), bytes));
    }
    each(attacks);
    before.comesBack();
  }

  /** So that they come further than to the first byte. */
  private static byte[] firstBytes(int i) {
    return switch (i / 2 % 5) {
      case 0 -> new byte[] {0, 0, 4};
      case 1 -> new byte[] {0x16, 3, 1};
      case 2 -> join(packet(GSSENC_REQUEST, new byte[0]), SSL);
      case 3 -> SSL;
      default -> new byte[] {0, 0, 0, 90, 0, 2, 0, 0}; // protocol 2.0
    };
  }

  @ParameterizedTest
  @EnumSource
  void garbage_after_the_opening_is_the_members_to_judge(Listener listener) throws Exception {
    AtRest before = start(listener);
    List<byte[]> garbage = new ArrayList<>(Attackers.noOpenings());
    garbage.add(join(new byte[] {'Q'}, new byte[] {0x7f, -1, -1, -1}, new byte[100]));
    garbage.add(new byte[] {'Q', 0, 0, 0, 0});
    garbage.add(new byte[] {'Q', -1, -1, -1, -1});
    garbage.add(message('Q', new byte[100_000]));
    for (byte[] bytes : garbage) {
      try (Socket client = open(listener)) {
        client.getOutputStream().write(bytes);
        assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
      }
    }
    before.comesBack();
  }

  @ParameterizedTest
  @EnumSource(names = "TERMINATE")
  void garbage_instead_of_tls_and_inside_it(Listener listener) throws Exception {
    AtRest before = start(listener);
    List<byte[]> records = new ArrayList<>(Attackers.noOpenings());
    records.add(new byte[] {0x16, 3, 1, -1, -1, 1, 2, 3}); // longer than a record may be
    records.add(join(new byte[] {0x16, 3, 1, 0, 4}, new byte[] {1, 0, 0, 0}));
    records.add(new byte[] {0x17, 3, 3, 0, 1, 0}); // application data
    List<Callable<String>> attacks = new ArrayList<>();
    for (byte[] bytes : records) {
      attacks.add(() -> insteadOfTls(bytes));
    }
    Attackers.all(attacks);
    assertThat(ends(SessionEnd.TLS_FAILED)).isEqualTo(records.size());
    List<Callable<String>> inside = new ArrayList<>();
    for (byte[] bytes : Attackers.noOpenings()) {
      inside.add(() -> insideTls(bytes));
    }
    assertThat(Attackers.all(inside)).allSatisfy(answer -> assertThat(answer).contains("08P01"));
    before.comesBack();
  }

  private String insteadOfTls(byte[] bytes) throws IOException {
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(SSL);
      assertThat(read(client, 1)).isEqualTo("S");
      return Attackers.send(client, bytes);
    }
  }

  private String insideTls(byte[] bytes) throws IOException {
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(SSL);
      assertThat(read(client, 1)).isEqualTo("S");
      return Attackers.send(TestTls.client(client, context), bytes);
    }
  }

  /** How a client leaves. */
  private enum Leaving {
    RESET,
    FIN,
    SILENCE
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_leaves_at_any_byte_of_the_handshake(Listener listener) throws Exception {
    settings.startupTimeout = Duration.ofMillis(500);
    AtRest before = start(listener);
    byte[] opening = listener == Listener.TERMINATE ? join(SSL, clientHello()) : startup();
    List<Callable<String>> clients = new ArrayList<>();
    for (int length = 0; length <= opening.length; length++) {
      byte[] bytes = Arrays.copyOf(opening, length);
      for (Leaving leaving : Leaving.values()) {
        clients.add(() -> leave(bytes, leaving));
      }
    }
    Attackers.all(clients);
    before.comesBack();
  }

  @Test
  void the_same_again_and_again_takes_no_more_memory() throws Exception {
    settings.startupTimeout = Duration.ofMillis(500);
    AtRest before = start(Listener.TERMINATE);
    byte[] opening = join(SSL, clientHello());
    List<Callable<String>> clients = new ArrayList<>();
    for (int length = 0; length <= opening.length; length++) {
      byte[] bytes = Arrays.copyOf(opening, length);
      clients.add(() -> leave(bytes, Leaving.RESET));
    }
    List<Long> taken = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      Attackers.all(clients);
      before.comesBack();
      taken.add(AtRest.memoryTaken());
    }
    assertThat(taken.getLast())
        .as("%s", taken)
        .isLessThanOrEqualTo(Math.max(taken.get(0), taken.get(1)) + (24L << 20));
  }

  private String leave(byte[] bytes, Leaving leaving) throws IOException {
    try (Socket client = proxy.connect("write")) {
      int first = Math.min(SSL.length, bytes.length);
      client.getOutputStream().write(bytes, 0, first);
      if (bytes.length > first && Arrays.equals(Arrays.copyOf(bytes, first), SSL)) {
        assertThat(read(client, 1)).isIn("S", "");
      }
      client.getOutputStream().write(bytes, first, bytes.length - first);
      switch (leaving) {
        case RESET -> Attackers.reset(client);
        case FIN -> client.shutdownOutput();
        case SILENCE -> {
          boolean opens = Arrays.equals(bytes, startup());
          return opens ? memberOf(client) : Attackers.untilTheEnd(client);
        }
      }
      return leaving == Leaving.RESET ? "" : Attackers.untilTheEnd(client);
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException startupTimeout) {
      return ""; // on a busy machine it passes while all of them connect
    }
  }

  private byte[] clientHello() throws Exception {
    SSLEngine engine = context.createSSLEngine("localhost", 5432);
    engine.setUseClientMode(true);
    var record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }

  @ParameterizedTest
  @EnumSource
  void a_million_requests_for_encryption(Listener listener) throws Exception {
    AtRest before = start(listener);
    for (byte[] request : List.of(SSL, packet(GSSENC_REQUEST, new byte[0]))) {
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      for (int i = 0; i < 65_536; i++) {
        many.writeBytes(request);
      }
      each(Collections.nCopies(8, many.toByteArray()));
    }
    before.comesBack();
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_sends_byte_after_byte_is_not_waited_for(Listener listener) throws Exception {
    settings.startupTimeout = Duration.ofMillis(300);
    AtRest before = start(listener);
    byte[] long10000 = new byte[10_000];
    byte[] head = {0, 0, 0x27, 0x10, 0, 3, 0, 0};
    System.arraycopy(head, 0, long10000, 0, head.length);
    trickle(proxy.connect("write"), long10000);
    until(() -> ends(SessionEnd.STARTUP_TIMEOUT) == 1);
    if (listener == Listener.TERMINATE) {
      Socket client = proxy.connect("write");
      client.getOutputStream().write(SSL);
      assertThat(read(client, 1)).isEqualTo("S");
      trickle(client, join(new byte[] {0x16, 3, 1, 0x27, 0x10, 1, 0, 0x27, 0x0c}, long10000));
      until(() -> ends(SessionEnd.STARTUP_TIMEOUT) + ends(SessionEnd.TLS_FAILED) == 2);
    }
    before.comesBack();
  }

  /** Sends a byte every 20 ms, until the other side has had enough. */
  private static void trickle(Socket client, byte[] bytes) throws Exception {
    client.setSoTimeout(20);
    try (client) {
      for (byte each : bytes) {
        client.getOutputStream().write(each);
        if (ended(client)) {
          return;
        }
      }
    } catch (IOException reset) {
      return;
    }
    throw new AssertionError("all of it was waited for");
  }

  private static boolean ended(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketTimeoutException notYet) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_never_reads_holds_a_bounded_amount(Listener listener) throws Exception {
    AtomicLong taken = new AtomicLong();
    AtRest before = start(listener, (client, in) -> flood(client, in, taken));
    taken.set(0);
    try (Socket deaf = open(listener)) {
      deaf.getOutputStream().write(message('Q', "everything\0"));
      long last;
      do {
        last = taken.get();
        Thread.sleep(300);
      } while (taken.get() != last);
      assertThat(last).as("bytes that the member could send").isBetween(1L << 16, 64L << 20);
      assertThat(AtRest.memoryTaken() - before.memory()).isLessThan(48L << 20);
      proxy.proxy.turn().join();
    }
    before.comesBack();
  }

  private static void flood(Socket client, DataInputStream in, AtomicLong taken)
      throws IOException {
    byte[] packet = FakePostgres.readPacket(in);
    if (packet.length > Integer.BYTES) {
      OutputStream out = client.getOutputStream();
      out.write(FakePostgres.greeting("one"));
      byte[] row = message('D', new byte[8000]);
      in.readByte();
      while (true) {
        out.write(row);
        taken.addAndGet(row.length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void sessions_go_on_beside_all_that(Listener listener) throws Exception {
    AtRest before = start(listener);
    try (Socket client = open(listener)) {
      each(Attackers.noOpenings());
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(read(client, 5)).isEqualTo("hello");
    }
    before.comesBack();
  }
}
