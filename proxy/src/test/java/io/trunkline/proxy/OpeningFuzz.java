package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.config.LimitsConfig;
import io.trunkline.config.TlsConfig;
import io.trunkline.pgwire.ApplicationName;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.pgwire.Splits;
import io.trunkline.proxy.session.InMemoryListener;
import io.trunkline.proxy.session.Session;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.SessionEnd;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a client opens its connection with. The first byte of an input says how the rest is cut, the
 * second what the listener is like.
 */
public final class OpeningFuzz {
  private static final int ADD_HOST = 1;
  private static final int REQUIRE_TLS = 2;
  private static final int FULL = 4;
  private static final int SMALL_STARTUP = 8;
  private static final int SMALL_STARTUP_SIZE = 32;

  private OpeningFuzz() {}

  /** What a client gets, and what is known of it while it waits. */
  private record Outcome(Map<SessionEnd, Long> ends, String sent, List<Object> known) {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    classifiedOnceAndForAll(bytes);
    ProxyFixture.Settings settings = settings(input[1]);
    Outcome whole = outcome(settings, Splits.whole(bytes));
    assertThat(outcome(settings, Splits.everyByte(bytes))).isEqualTo(whole);
    assertThat(outcome(settings, Splits.random(bytes, input[0]))).isEqualTo(whole);
  }

  private static ProxyFixture.Settings settings(byte options) {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.applicationNameAddHost = (options & ADD_HOST) != 0;
    settings.tls =
        ProxyFixture.Settings.tls(
            TlsConfig.Mode.PASSTHROUGH, Optional.empty(), (options & REQUIRE_TLS) != 0);
    settings.limits =
        new LimitsConfig(
            (options & FULL) != 0 ? 0 : 1,
            1,
            1,
            OptionalInt.empty(),
            OptionalInt.empty(),
            (options & SMALL_STARTUP) != 0 ? SMALL_STARTUP_SIZE : LimitsConfig.LARGEST_STARTUP);
    return settings;
  }

  private static Outcome outcome(ProxyFixture.Settings settings, List<byte[]> pieces) {
    InMemoryListener listener = new InMemoryListener(settings);
    DuplexEmbeddedChannel client = new DuplexEmbeddedChannel();
    Session session = listener.accept(client);
    pieces.forEach(client::receive);
    Map<SessionEnd, Long> ends = listener.ends();
    Outcome outcome =
        new Outcome(
            ends,
            new String(client.sent(), StandardCharsets.ISO_8859_1),
            ends.isEmpty() ? known(session.describe()) : List.of());
    refusedWithAReason(listener, outcome);
    client.close();
    nothingIsLeft(listener, client);
    return outcome;
  }

  private static List<Object> known(SessionInfo session) {
    return Arrays.asList(
        session.state(), session.user(), session.database(), session.applicationName());
  }

  private static void refusedWithAReason(InMemoryListener listener, Outcome outcome) {
    for (SessionEnd reason : outcome.ends().keySet()) {
      if (reason != SessionEnd.CANCEL_DONE) {
        assertThat(listener.refusals).as("the log tells of %s", reason).isNotEmpty();
        assertThat(outcome.sent())
            .as("%s", reason)
            .matches(
                sent ->
                    switch (reason) {
                      case CANCEL_MALFORMED -> !sent.contains("trunkline");
                      case PROTOCOL_UNSUPPORTED ->
                          tells(sent, reason) || sent.contains("EFATAL:  trunkline: ");
                      default -> tells(sent, reason);
                    });
      }
    }
  }

  private static boolean tells(String sent, SessionEnd reason) {
    return sent.contains("C" + reason.sqlState() + "\0") && sent.contains("Mtrunkline: ");
  }

  private static void nothingIsLeft(InMemoryListener listener, DuplexEmbeddedChannel client) {
    client.finishAndReleaseAll();
    ListenerStats stats = listener.context.stats();
    assertThat(client.releasedAll()).as("all is released").isTrue();
    assertThat(stats.connections()).isZero();
    assertThat(stats.queued()).isZero();
    assertThat(listener.ends().values()).as("one end").containsExactly(1L);
  }

  /** More bytes do not make anything else of it, and enough bytes always make something of it. */
  private static void classifiedOnceAndForAll(byte[] bytes) {
    Optional<Opening> before = Optional.empty();
    for (int length = 0; length <= Math.min(bytes.length, Opening.MAX_LENGTH); length++) {
      ByteBuf prefix = Unpooled.wrappedBuffer(bytes, 0, length);
      Optional<Opening> now = OpeningDecoder.peek(prefix);
      assertThat(prefix.readableBytes()).as("nothing is consumed").isEqualTo(length);
      if (before.isPresent()) {
        assertThat(now).isEqualTo(before);
        return;
      }
      now.ifPresent(opening -> whole(opening, prefix));
      before = now;
    }
    if (bytes.length > 0 && before.isEmpty()) {
      byte[] longest = Arrays.copyOf(bytes, Opening.MAX_LENGTH);
      assertThat(OpeningDecoder.peek(Unpooled.wrappedBuffer(longest))).isPresent();
    }
  }

  private static void whole(Opening opening, ByteBuf packet) {
    switch (opening) {
      case Opening.SslRequest _, Opening.GssEncRequest _ ->
          assertThat(OpeningDecoder.length(packet)).isEqualTo(8);
      case Opening.CancelRequest cancel -> {
        assertThat(cancel.keyLength()).isBetween(4, 256);
        assertThat(packet.readableBytes()).isEqualTo(12 + cancel.keyLength());
      }
      case Opening.StartupMessage startup -> {
        assertThat(startup.major()).isEqualTo(3);
        assertThat(packet.readableBytes()).isEqualTo(OpeningDecoder.length(packet));
        hostIsAdded(startup, packet);
      }
      case Opening.DirectTls _ -> assertThat(packet.readableBytes()).isEqualTo(1);
      case Opening.Unsupported unsupported -> assertThat(unsupported.major()).isNotEqualTo(3);
      case Opening.MalformedCancel malformed -> assertThat(malformed.why()).isNotBlank();
      case Opening.Malformed malformed -> assertThat(malformed.why()).isNotBlank();
    }
  }

  private static void hostIsAdded(Opening.StartupMessage startup, ByteBuf packet) {
    Optional<ByteBuf> added =
        ApplicationName.addHost(
            UnpooledByteBufAllocator.DEFAULT, packet, DuplexEmbeddedChannel.CLIENT);
    if (added.isEmpty()) {
      return;
    }
    Optional<Opening> read = OpeningDecoder.peek(added.get());
    added.get().release();
    Map<String, String> expected = new HashMap<>(startup.parameters());
    assertThat(read).get().isInstanceOf(Opening.StartupMessage.class);
    Map<String, String> actual = new HashMap<>(((Opening.StartupMessage) read.get()).parameters());
    assertThat(actual.remove("application_name")).endsWith("192.0.2.7:40000");
    expected.keySet().removeIf("application_name"::equalsIgnoreCase);
    assertThat(actual).isEqualTo(expected);
  }
}
