package io.trunkline.proxy.backend;

import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.FakePostgres;
import io.trunkline.proxy.PlainOrTlsMember;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.ProxyTestCase;
import io.trunkline.proxy.TestTls;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionState;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients at once at a member that lets them in slowly, or not yet. */
@Timeout(120)
class LoginsTest extends ProxyTestCase {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int CANCEL_REQUEST = 80_877_102;
  private static final byte[] ASKS_FOR_A_PASSWORD =
      message('R', (byte) 0, (byte) 0, (byte) 0, (byte) 3);
  private static final byte[] STARTING_UP =
      message('E', "SFATAL\0C57P03\0Mthe database system is starting up\0\0");

  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();

  private ProxyFixture proxy(FakePostgres member) throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    return proxy;
  }

  /** Forks one process at a time, as PostgreSQL does, and counts the logins under way. */
  private static final class Forking {
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger logins = new AtomicInteger();
    private final Object postmaster = new Object();

    void run(Socket client, DataInputStream in) throws IOException {
      most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      logins.incrementAndGet();
      try {
        FakePostgres.readPacket(in);
        synchronized (postmaster) {
          sleep(1);
        }
        client.getOutputStream().write(ASKS_FOR_A_PASSWORD);
        in.readNBytes(message('p', "x\0").length);
      } finally {
        underWay.decrementAndGet();
      }
      client.getOutputStream().write(FakePostgres.greeting("one"));
      in.transferTo(client.getOutputStream());
    }
  }

  private static void sleep(long milliseconds) throws IOException {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Opens a session with a password, and leaves once it is in; what went wrong, or nothing. */
  private static String logIn(ProxyFixture proxy) {
    try (Socket client = proxy.connect("write")) {
      client.setSoTimeout(100_000);
      client.getOutputStream().write(startup());
      byte[] first = client.getInputStream().readNBytes(ASKS_FOR_A_PASSWORD.length);
      if (first.length == 0 || first[0] != 'R') {
        return new String(first, StandardCharsets.UTF_8) + read(client, 1000);
      }
      client.getOutputStream().write(message('p', "x\0"));
      return memberOf(client).equals("one") ? "" : "another member";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void fiveThousandAtOnceAreAllServedWithoutAnybodyBeingRefusedOrDialledTwice() throws Exception {
    int clients = 5_000;
    settings.limits = Configs.limits(10_000, 10_000, 10_000);
    settings.startupTimeout = Duration.ofSeconds(5); // less than the last ones have to wait
    settings.holdTimeout = Duration.ofSeconds(5);
    settings.holdLimit = 100;
    settings.maxLogins = OptionalInt.of(12);
    Forking member = new Forking();
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(clients);
    for (int i = 0; i < clients; i++) {
      Thread.ofVirtual()
          .start(
              () -> {
                String failure = logIn(proxy);
                if (!failure.isEmpty()) {
                  failures.add(failure);
                }
                done.countDown();
              });
    }
    assertThat(done.await(100, TimeUnit.SECONDS)).as("all are served").isTrue();
    assertThat(proxy.failures).as("what is held against the member").isEmpty();
    assertThat(new HashSet<>(failures)).as("what clients were told").isEmpty();
    // A client that takes 0.1 s for its turn gives its place away, as on a busy machine.
    assertThat(member.most.get()).as("logins under way at once").isBetween(2, 120);
    assertThat(member.logins.get()).as("connections to the member").isEqualTo(clients);
    until(() -> logins(proxy).equals(new LoginStats(0, 0, 12)));
  }

  private static LoginStats logins(ProxyFixture proxy) {
    return proxy.proxy.logins().get("main").getOrDefault("pg1", new LoginStats(0, 0, 0));
  }

  @Test
  void withoutAConstantTheLimitAdapts() throws Exception {
    settings.limits = Configs.limits(10_000, 10_000, 10_000);
    Forking member = new Forking();
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    int clients = 500;
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(Thread.ofVirtual().start(() -> failures.add(logIn(proxy))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).hasSize(clients).containsOnly("");
    assertThat(member.most.get()).isBetween(2, LoginLimit.MOST);
    until(() -> logins(proxy).underWay() == 0 && logins(proxy).queued() == 0);
  }

  /** A client that names itself. */
  private static Socket open(ProxyFixture proxy, String listener, String user) throws IOException {
    Socket client = proxy.connect(listener);
    client.getOutputStream().write(packet(196_608, bytes("user\0" + user + "\0\0")));
    return client;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Lets nobody in until it is told to; writes down who comes. */
  private static final class Closed {
    final List<String> came = new CopyOnWriteArrayList<>();
    final CountDownLatch open = new CountDownLatch(1);

    void run(Socket client, DataInputStream in) throws IOException {
      byte[] startup = FakePostgres.readPacket(in);
      came.add(
          new String(startup, 4, startup.length - 4, StandardCharsets.UTF_8).split("\0", -1)[1]);
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      client.getOutputStream().write(FakePostgres.greeting("one"));
      in.transferTo(client.getOutputStream());
    }
  }

  private static void awaitWaiting(ProxyFixture proxy, int clients) throws InterruptedException {
    until(() -> proxy.proxy.stats().get("write").queued() == clients);
  }

  @Test
  void whoComesFirstIsServedFirst() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    settings.startupTimeout = Duration.ofSeconds(20);
    Closed member = new Closed();
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    List<Socket> clients = new ArrayList<>();
    List<String> users = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      users.add("client" + i);
      clients.add(using(open(proxy, "write", "client" + i)));
      awaitWaiting(proxy, i);
      until(() -> !member.came.isEmpty());
    }
    assertThat(proxy.proxy.sessions(SessionFilter.ALL, 100).get().sessions())
        .filteredOn(session -> session.state() == SessionState.QUEUED)
        .allSatisfy(
            session -> assertThat(session.why()).contains("queued behind other logins at pg1"));
    member.open.countDown();
    for (Socket client : clients) {
      assertThat(memberOf(client)).isEqualTo("one");
    }
    assertThat(member.came).isEqualTo(users);
  }

  @Test
  void aLoginIsNotGivenUpWhileOthersAreLetIn() throws Exception {
    settings.maxLogins = OptionalInt.of(2);
    settings.startupTimeout = Duration.ofMillis(400);
    AtomicInteger connections = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(1);
    ProxyFixture proxy =
        proxy(
            using(
                new FakePostgres(
                    (client, in) -> {
                      FakePostgres.readPacket(in);
                      if (connections.incrementAndGet() == 1) {
                        awaitOr(open);
                      }
                      client.getOutputStream().write(FakePostgres.greeting("one"));
                      in.transferTo(client.getOutputStream());
                    })));
    try (Socket slow = proxy.open("write")) {
      until(() -> connections.get() == 1);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      int others = 0;
      while (System.nanoTime() < end) {
        try (Socket other = proxy.open("write")) {
          assertThat(memberOf(other)).isEqualTo("one");
        }
        others++;
        Thread.sleep(50);
      }
      assertThat(connections.get()).as("the slow one was dialled once").isEqualTo(1 + others);
      open.countDown();
      assertThat(memberOf(slow)).isEqualTo("one");
    }
    assertThat(proxy.failures).isEmpty();
  }

  private static void awaitOr(CountDownLatch open) throws IOException {
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whoIsQueuedInVainIsToldWhatFor() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    settings.holdTimeout = Duration.ofSeconds(1);
    settings.startupTimeout = Duration.ofSeconds(30);
    ProxyFixture proxy = proxy(using(new FakePostgres(new Closed()::run)));
    try (Socket first = proxy.open("write")) {
      until(() -> logins(proxy).underWay() == 1);
      try (Socket second = proxy.open("write")) {
        assertThat(read(second, 1000))
            .contains("57P03", "queued behind 1 login at pg1")
            .doesNotContain("refuses");
      }
      until(() -> logins(proxy).queued() == 0);
      assertThat(first.isConnected()).isTrue();
    }
    until(() -> logins(proxy).underWay() == 0);
    assertThat(proxy.failures).isEmpty();
  }

  @Test
  void aQueuedClientThatLeavesIsNotDialledFor() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    settings.startupTimeout = Duration.ofSeconds(20);
    Closed member = new Closed();
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    try (Socket first = open(proxy, "write", "first")) {
      until(() -> member.came.size() == 1);
      Socket leaves = open(proxy, "write", "leaves");
      awaitWaiting(proxy, 1);
      try (Socket stays = open(proxy, "write", "stays")) {
        awaitWaiting(proxy, 2);
        leaves.close();
        awaitWaiting(proxy, 1);
        member.open.countDown();
        assertThat(memberOf(first)).isEqualTo("one");
        assertThat(memberOf(stays)).isEqualTo("one");
      }
    }
    assertThat(member.came).containsExactly("first", "stays");
  }

  @Test
  void cancelRequestsDoNotQueue() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    ProxyFixture proxy =
        proxy(
            using(
                new FakePostgres(
                    (_, in) -> {
                      if (FakePostgres.readPacket(in).length == 12) {
                        cancelled.countDown();
                      } else {
                        in.readAllBytes();
                      }
                    })));
    try (Socket _ = proxy.open("write");
        Socket canceller = proxy.connect("write")) {
      until(() -> logins(proxy).underWay() == 1);
      canceller.getOutputStream().write(packet(CANCEL_REQUEST, new byte[8]));
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void theQueuedGoWhereTheNewTableSays() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    settings.startupTimeout = Duration.ofSeconds(20);
    ProxyFixture proxy = proxy(using(new FakePostgres(new Closed()::run)));
    proxy.member("pg2", using(FakePostgres.named("two")).address());
    try (Socket first = proxy.open("write");
        Socket second = proxy.open("write")) {
      awaitWaiting(proxy, 1);
      proxy.leader("");
      awaitWaiting(proxy, 2);
      proxy.leader("pg2");
      assertThat(memberOf(first)).isEqualTo("two");
      assertThat(memberOf(second)).isEqualTo("two");
    }
    until(() -> proxy.proxy.logins().get("main").get("pg2").underWay() == 0);
  }

  @Test
  void aClientThatDoesNotAnswerKeepsNobodyOut() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    Forking member = new Forking();
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    try (Socket stalls = proxy.open("write")) {
      assertThat(read(stalls, ASKS_FOR_A_PASSWORD.length)).startsWith("R");
      assertThat(logIn(proxy)).isEmpty();
      stalls.getOutputStream().write(message('p', "x\0"));
      assertThat(memberOf(stalls)).isEqualTo("one");
    }
  }

  @Test
  @Timeout(20) // a tenth of a second for each would be 50
  void clientsThatLeaveWhenTheyAreAskedForAPasswordKeepNobodyOut() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    Forking member = new Forking();
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    int clients = 500;
    for (int i = 0; i < clients; i++) {
      try (Socket leaves = proxy.open("write")) {
        assertThat(read(leaves, ASKS_FOR_A_PASSWORD.length)).startsWith("R");
      }
    }
    assertThat(logIn(proxy)).isEmpty();
  }

  @Test
  void aTlsClientThatDoesNotGoOnKeepsNobodyOut() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    SSLContext context = TestTls.context("");
    PlainOrTlsMember member = new PlainOrTlsMember(true);
    ProxyFixture proxy = proxy(using(new FakePostgres(member::run)));
    byte[] request = packet(SSL_REQUEST, new byte[0]);
    try (Socket stalls = proxy.connect("write");
        Socket plain = proxy.connect("write")) {
      stalls.getOutputStream().write(request);
      assertThat(read(stalls, 1)).isEqualTo("S");
      plain.getOutputStream().write(request);
      assertThat(read(plain, 1)).isEqualTo("S");
      Socket secure = TestTls.client(plain, context);
      secure.getOutputStream().write(startup());
      assertThat(memberOf(secure)).isEqualTo("one");
    }
    until(() -> logins(proxy).underWay() == 0);
  }

  @Test
  void aFewAskAPrimaryThatDoesNotAcceptYetAndTheOthersAreWokenByThem() throws Exception {
    int clients = 300;
    AtomicBoolean open = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    settings.holdLimit = 1000;
    settings.holdTimeout = Duration.ofSeconds(60);
    ProxyFixture proxy =
        proxy(
            using(
                new FakePostgres(
                    (client, in) -> {
                      FakePostgres.readPacket(in);
                      boolean accepts = open.get();
                      asked.addAndGet(accepts ? 0 : 1);
                      client
                          .getOutputStream()
                          .write(accepts ? FakePostgres.greeting("one") : STARTING_UP);
                      if (accepts) {
                        in.transferTo(client.getOutputStream());
                      }
                    })));
    List<Socket> waiting = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      waiting.add(using(proxy.open("write")));
    }
    until(() -> proxy.proxy.stats().get("write").queued() >= clients - 10); // others ask
    Thread.sleep(500); // so long they ask
    int attempts = asked.get();
    long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    assertThat(attempts).isBetween(3, 20 + 2 * (int) (elapsed / 40 + 1));
    open.set(true);
    for (Socket client : waiting) {
      assertThat(memberOf(client)).isEqualTo("one");
    }
    assertThat(proxy.failures).hasSizeLessThanOrEqualTo(asked.get());
  }

  @Test
  void readersThatWaitForAReplicaThatRefusesGoToAnother() throws Exception {
    settings.maxLogins = OptionalInt.of(1);
    AtomicBoolean refuses = new AtomicBoolean();
    CountDownLatch decided = new CountDownLatch(1);
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")));
    proxy.member(
        "pg2",
        using(
                new FakePostgres(
                    (client, in) -> {
                      FakePostgres.readPacket(in);
                      awaitOr(decided);
                      client
                          .getOutputStream()
                          .write(refuses.get() ? STARTING_UP : FakePostgres.greeting("two"));
                    }))
            .address());
    proxy.leader("pg1");
    List<Socket> readers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      readers.add(using(proxy.open("read")));
    }
    until(() -> proxy.proxy.stats().get("read").queued() == 9);
    proxy.member("pg3", using(FakePostgres.named("tri")).address());
    proxy.leader("pg1");
    refuses.set(true);
    decided.countDown();
    for (Socket reader : readers) {
      assertThat(memberOf(reader)).isEqualTo("tri");
    }
  }

  @Test
  void readersLeaveAReplicaThatRefusedAloneWhileSomebodyAsksItAndComeBackOnceItAccepts()
      throws Exception {
    AtomicBoolean silent = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch decided = new CountDownLatch(1);
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")));
    proxy.member(
        "pg2",
        using(
                new FakePostgres(
                    (client, in) -> {
                      FakePostgres.readPacket(in);
                      asked.incrementAndGet();
                      if (silent.get()) {
                        awaitOr(decided);
                        client.getOutputStream().write(FakePostgres.greeting("two"));
                      } else {
                        client.getOutputStream().write(STARTING_UP);
                      }
                    }))
            .address());
    proxy.member("pg3", using(FakePostgres.named("tri")).address());
    proxy.leader("pg1");
    while (asked.get() == 0) {
      assertThat(readerOn(proxy)).isEqualTo("tri");
    }
    for (int i = 0; i < 5; i++) { // so that the other one has fewer
      assertThat(memberOf(using(proxy.open("read")))).isEqualTo("tri");
    }
    silent.set(true);
    int before = asked.get();
    until(
        () -> {
          using(proxy.open("read"));
          return asked.get() > before;
        });
    for (int i = 0; i < 10; i++) {
      assertThat(readerOn(proxy)).as("while somebody asks").isEqualTo("tri");
    }
    decided.countDown();
    until(() -> readerOn(proxy).equals("two"));
  }

  private static String readerOn(ProxyFixture proxy) throws IOException {
    try (Socket reader = proxy.open("read")) {
      return memberOf(reader);
    }
  }

  @Test
  void aNameThatDoesNotResolveIsTheReasonThatIsTold() throws Exception {
    settings.holdTimeout = Duration.ofSeconds(4);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", new HostPort("no-such-host.invalid", 5432));
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      assertThat(read(client, 1000))
          .contains("57P03", "The name of pg1 cannot be resolved: no-such-host.invalid")
          .doesNotContain("refuses");
    }
    assertThat(proxy.failures).allSatisfy(why -> assertThat(why).contains("no-such-host.invalid"));
  }
}
