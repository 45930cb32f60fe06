package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.ProxyFixture.Settings;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Whoever has sent FIN still gets every byte that is owed to it, however slowly it reads. */
class HalfCloseTest extends ProxyTestCase {
  private static final byte[] QUERY = Packets.message('Q', "select repeat('x', 24000000)\0");

  /** More than the kernel keeps for a connection. */
  private static final byte[] ROWS = Packets.join(Packets.message('D', new byte[24_000_000]));

  private static final byte[] END =
      Packets.join(Packets.message('C', "SELECT 1\0"), Packets.message('Z', "I"));

  private static final int SMALL_BUFFER = 16 * 1024;

  @Test
  void aClientInPlaintext() throws Exception {
    Socket client = connect(new Settings(), answering());
    logInAndAsk(client);
    assertAllArrives(client, client.getInputStream());
  }

  @Test
  void aClientInASessionThatIsNotFollowed() throws Exception {
    Settings settings = new Settings();
    settings.followMessages = false;
    Socket client = connect(settings, answering());
    logInAndAsk(client);
    assertAllArrives(client, client.getInputStream());
  }

  /** The end of the connection, not of TLS: what is sent to it can still be encrypted. */
  @Test
  void aClientWhoseTlsEndsHere() throws Exception {
    Socket plain = connect(new Settings().terminating(TestTls.file("server.crt")), answering());
    SSLSocket client = secured(plain);
    logInAndAsk(client);
    assertAllArrives(plain, client.getInputStream());
  }

  @Test
  void aClientWhoseTlsPassesThrough() throws Exception {
    Socket plain = connect(new Settings(), HalfCloseTest::answerInTls);
    SSLSocket client = secured(plain);
    logInAndAsk(client);
    assertAllArrives(plain, client.getInputStream());
  }

  @Test
  void aClientThatHasSentAllItHasToSayAtOnce() throws Exception {
    Socket client = connect(new Settings(), answering());
    client.getOutputStream().write(Packets.join(Packets.startup(), QUERY));
    client.shutdownOutput();
    ProxyFixture.memberOf(client);
    assertAnswer(slowly(client.getInputStream()));
  }

  @Test
  void aMember() throws Exception {
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    Socket client =
        connect(
            new Settings(),
            (member, in) -> {
              FakePostgres.readPacket(in);
              member.getOutputStream().write(FakePostgres.greeting("a"));
              member.shutdownOutput();
              received.complete(slowly(in));
            });
    client.getOutputStream().write(Packets.startup());
    ProxyFixture.memberOf(client);
    client.getOutputStream().write(ROWS);
    client.shutdownOutput();
    assertThat(received.get(30, TimeUnit.SECONDS)).hasSize(ROWS.length);
  }

  @Test
  void aClientOfAMemberThatHasClosed() throws Exception {
    Socket client =
        connect(
            new Settings(),
            (member, in) -> {
              answerOnce(member, in);
              member.shutdownOutput();
              in.readAllBytes();
            });
    logInAndAsk(client);
    Thread.sleep(500); // the proxy has read as much as it will
    byte[] received = slowly(client.getInputStream());
    int answer = ROWS.length + END.length;
    assertAnswer(Arrays.copyOf(received, answer));
    assertThat(new String(received, answer, received.length - answer, StandardCharsets.UTF_8))
        .contains("connection to PostgreSQL was lost");
  }

  private static void logInAndAsk(Socket client) throws IOException {
    client.getOutputStream().write(Packets.startup());
    ProxyFixture.memberOf(client);
    client.getOutputStream().write(QUERY);
  }

  /** After half a second, in which the proxy has read as much as it will. */
  private static void assertAllArrives(Socket client, InputStream in) throws Exception {
    client.shutdownOutput();
    Thread.sleep(500);
    assertAnswer(slowly(in));
  }

  private static void assertAnswer(byte[] received) {
    byte[] answer = Packets.join(ROWS, END);
    assertThat(received.length).isEqualTo(answer.length);
    assertThat(Arrays.equals(received, answer)).isTrue();
  }

  private static byte[] slowly(InputStream in) throws IOException {
    byte[] all = new byte[ROWS.length + 1_000];
    int length = 0;
    int read = 0;
    Random random = new Random(13);
    while (read >= 0) {
      length += read;
      if (random.nextInt(50) == 0) {
        pause();
      }
      read = in.readNBytes(all, length, Math.min(64 * 1024, all.length - length));
      if (read == 0) {
        break;
      }
    }
    return Arrays.copyOf(all, length);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new InterruptedIOException(e.getMessage());
    }
  }

  private static FakePostgres.Script answering() {
    return (member, in) -> {
      answerOnce(member, in);
      in.readAllBytes();
    };
  }

  private static void answerOnce(Socket member, DataInputStream in) throws IOException {
    FakePostgres.readPacket(in);
    member.getOutputStream().write(FakePostgres.greeting("a"));
    assertThat(in.readNBytes(QUERY.length)).isEqualTo(QUERY);
    member.getOutputStream().write(Packets.join(ROWS, END));
  }

  private static void answerInTls(Socket plain, DataInputStream in) throws IOException {
    FakePostgres.readPacket(in);
    plain.getOutputStream().write('S');
    SSLSocket member = TestTls.server(plain, "server");
    answerOnce(member, new DataInputStream(member.getInputStream()));
    member.getInputStream().read();
  }

  private static SSLSocket secured(Socket plain) throws IOException {
    plain.getOutputStream().write(Packets.packet(80_877_103, new byte[0]));
    assertThat(plain.getInputStream().read()).isEqualTo('S');
    return TestTls.client(plain, "");
  }

  private Socket connect(Settings settings, FakePostgres.Script script) throws Exception {
    FakePostgres member = using(new FakePostgres(script));
    ProxyFixture fixture = using(new ProxyFixture(settings));
    fixture.member("a", member.address());
    fixture.leader("a");
    Socket client = using(new Socket());
    client.setReceiveBufferSize(SMALL_BUFFER);
    client.setSoTimeout(20_000);
    client.connect(fixture.proxy.bound().get("write"));
    return client;
  }
}
