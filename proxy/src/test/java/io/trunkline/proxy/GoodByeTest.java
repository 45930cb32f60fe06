package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.pgwire.Packets;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a member is left by a client that has sent Terminate. */
class GoodByeTest extends ProxyTestCase {
  private static final byte[] QUERY = Packets.message('Q', "select 1\0");
  private static final byte[] TERMINATE = Packets.message('X');
  private static final byte[] ANSWER =
      Packets.join(Packets.message('C', "SELECT 1\0"), Packets.message('Z', "I"));

  @Test
  void itIsLeftWithAResetIfItOwesNothing() throws Exception {
    CompletableFuture<String> left = new CompletableFuture<>();
    Socket client =
        clientOf(
            (member, in) -> {
              greet(member, in);
              assertThat(in.readNBytes(TERMINATE.length)).isEqualTo(TERMINATE);
              try {
                left.complete("read " + in.read());
              } catch (IOException e) {
                left.complete(e.getMessage());
              }
            });
    ProxyFixture.memberOf(client);
    client.getOutputStream().write(TERMINATE);
    client.close();
    assertThat(left.get(10, TimeUnit.SECONDS)).isEqualTo("Connection reset");
  }

  @Test
  void whatItOwesIsWaitedFor() throws Exception {
    Socket client = clientOf(GoodByeTest::answerLate);
    ProxyFixture.memberOf(client);
    client.getOutputStream().write(Packets.join(QUERY, TERMINATE));
    client.shutdownOutput();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(ANSWER);
  }

  @Test
  void soIsTheAnswerToAQueryThatCameWithTheStartupPacket() throws Exception {
    Socket client = clientOf(GoodByeTest::answerLate, QUERY, TERMINATE);
    ProxyFixture.memberOf(client);
    client.shutdownOutput();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(ANSWER);
  }

  /** Its first packet is the startup packet with those messages. */
  private Socket clientOf(FakePostgres.Script script, byte[]... messages) throws IOException {
    FakePostgres member = using(new FakePostgres(script));
    ProxyFixture fixture = using(new ProxyFixture());
    fixture.member("a", member.address());
    fixture.leader("a");
    Socket client = using(fixture.connect("write"));
    client.getOutputStream().write(Packets.join(Packets.startup(), Packets.join(messages)));
    return client;
  }

  private static void greet(Socket member, DataInputStream in) throws IOException {
    FakePostgres.readPacket(in);
    member.getOutputStream().write(FakePostgres.greeting("a"));
  }

  /** Once the proxy has had the time to see the client's FIN. */
  private static void answerLate(Socket member, DataInputStream in) throws IOException {
    greet(member, in);
    assertThat(in.readNBytes(QUERY.length + TERMINATE.length)).endsWith(TERMINATE);
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    member.getOutputStream().write(ANSWER);
  }
}
