package io.trunkline.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.DuplexEmbeddedChannel;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.SessionEnd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What has no memory, or fails as nothing should, ends its session and nothing else. */
class OutOfMemoryTest {
  /** Has none. */
  private static final class Exhausted extends AbstractByteBufAllocator {
    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      throw new OutOfMemoryError("a test has taken it all");
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      throw new OutOfMemoryError("a test has taken it all");
    }
  }

  @Test
  void aSessionWithoutMemoryEnds() {
    InMemoryListener listener = new InMemoryListener(new ProxyFixture.Settings());
    DuplexEmbeddedChannel client = new DuplexEmbeddedChannel();
    client.config().setAllocator(new Exhausted());
    listener.accept(client);
    client.writeInbound(Unpooled.wrappedBuffer(Packets.startup()));
    client.runPendingTasks();
    ListenerStats stats = listener.context.stats();
    assertThat(stats.ends()).containsEntry(SessionEnd.OUT_OF_MEMORY, 1L);
    assertThat(stats.connections()).isZero();
    assertThat(stats.failures(ConnectionFailure.Side.CLIENT, ConnectionFailure.OUT_OF_MEMORY))
        .isEqualTo(1);
    assertThat(listener.refusals)
        .singleElement()
        .extracting(event -> event.label())
        .isEqualTo("client_connection_failed");
    client.finishAndReleaseAll();
  }

  @Test
  void whatFailsInOneSessionDoesNotKeepOthersFromBeingFenced() {
    InMemoryListener listener = new InMemoryListener(new ProxyFixture.Settings());
    DuplexEmbeddedChannel client = new DuplexEmbeddedChannel();
    SessionLoop loop = InMemoryListener.loop(client);
    for (int i = 0; i < 3; i++) {
      new Session(listener.context, loop, client, DuplexEmbeddedChannel.CLIENT).onClientConnected();
    }
    List<Session> reached = new ArrayList<>();
    loop.eachSession(
        session -> {
          reached.add(session);
          throw new AssertionError("as from a bug");
        });
    assertThat(reached).hasSize(3).allMatch(session -> session.endedAs(SessionEnd.INTERNAL));
    client.finishAndReleaseAll();
  }
}
