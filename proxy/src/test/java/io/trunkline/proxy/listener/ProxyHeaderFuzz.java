package io.trunkline.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.trunkline.pgwire.Splits;
import io.trunkline.proxy.DuplexEmbeddedChannel;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.session.InMemoryListener;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a balancer begins its connection with. The first byte of an input says how the rest is cut,
 * the second what happens after it: more, FIN, or nothing until the time is up.
 */
public final class ProxyHeaderFuzz {
  private static final String VERSION_1 = "PROXY ";
  private static final String VERSION_2 = "\r\n\r\n\0\r\nQUIT\n";

  private ProxyHeaderFuzz() {}

  /**
   * What becomes of it.
   *
   * @param clients the address that the session begins with, once at most
   * @param passed what the session got to read
   */
  private record Outcome(
      List<InetSocketAddress> clients, String passed, Map<SessionEnd, Long> ends, String sent) {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    int then = input[1] & 3;
    Outcome whole = outcome(Splits.whole(bytes), then);
    assertThat(outcome(Splits.everyByte(bytes), then)).isEqualTo(whole);
    assertThat(outcome(Splits.random(bytes, input[0]), then)).isEqualTo(whole);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (whole.clients().isEmpty()) {
      assertThat(whole.passed()).isEmpty();
    } else {
      assertThat(whole.clients()).hasSize(1).noneMatch(InetSocketAddress::isUnresolved);
      assertThat(text).endsWith(whole.passed());
      assertThat(text.startsWith(VERSION_1) || text.startsWith(VERSION_2)).isTrue();
    }
  }

  private static Outcome outcome(List<byte[]> pieces, int then) {
    InMemoryListener listener = new InMemoryListener(new ProxyFixture.Settings());
    DuplexEmbeddedChannel balancer = new DuplexEmbeddedChannel();
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    List<InetSocketAddress> clients = new ArrayList<>();
    ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    ProxyHeaderHandler handler =
        new ProxyHeaderHandler(
            listener.context,
            InMemoryListener.loop(balancer),
            DuplexEmbeddedChannel.CLIENT,
            decoder,
            client -> {
              clients.add(client);
              balancer.pipeline().addLast(new Collecting(passed));
            });
    balancer.pipeline().addLast(decoder, handler);
    balancer.pipeline().fireChannelActive();
    pieces.forEach(balancer::receive);
    if (then == 1) {
      balancer.receiveFin();
    } else if (then == 2) {
      balancer.advanceTimeBy(1, TimeUnit.HOURS);
      balancer.runScheduledPendingTasks();
    }
    Outcome outcome =
        new Outcome(
            clients,
            passed.toString(StandardCharsets.ISO_8859_1),
            listener.ends(),
            new String(balancer.sent(), StandardCharsets.ISO_8859_1));
    explained(listener, outcome, then);
    balancer.finishAndReleaseAll();
    assertThat(balancer.releasedAll()).as("all is released").isTrue();
    return outcome;
  }

  private static void explained(InMemoryListener listener, Outcome outcome, int then) {
    Set<SessionEnd> ends = outcome.ends().keySet();
    if (!outcome.clients().isEmpty()) {
      assertThat(ends).isEmpty();
    } else if (then == 1 || then == 2) {
      assertThat(outcome.ends().values()).containsExactly(1L);
    }
    assertThat(ends)
        .isSubsetOf(
            SessionEnd.PROXY_HEADER_MALFORMED,
            SessionEnd.PROXY_HEADER_TIMEOUT,
            SessionEnd.CLIENT_CLOSED);
    if (ends.contains(SessionEnd.PROXY_HEADER_MALFORMED)) {
      assertThat(listener.refusals).hasSize(1);
      assertThat(outcome.sent())
          .satisfiesAnyOf(
              told -> assertThat(told).contains("C08P01\0"),
              // Netty closes within a header that is broken, as the protocol's document says.
              told -> assertThat(told).isEmpty());
    }
  }

  private static final class Collecting extends SimpleChannelInboundHandler<ByteBuf> {
    private final ByteArrayOutputStream passed;

    Collecting(ByteArrayOutputStream passed) {
      this.passed = passed;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      passed.writeBytes(ByteBufUtil.getBytes(bytes));
    }
  }
}
