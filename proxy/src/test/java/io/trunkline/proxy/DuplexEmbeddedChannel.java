package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A client's socket in memory: its bytes arrive as the test cuts them, time stands still. */
public final class DuplexEmbeddedChannel extends EmbeddedChannel implements DuplexChannel {
  public static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 40_000);
  private static final InetSocketAddress LISTENER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5432);

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  private final List<ByteBuf> received = new ArrayList<>();
  private boolean outputShutdown;

  public DuplexEmbeddedChannel() {
    freezeTime();
    config().setAllocator(allocator);
  }

  /** The client has sent those bytes; the kernel drops them where the connection is closed. */
  public void receive(byte[] bytes) {
    if (!isOpen()) {
      return;
    }
    ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
    received.add(buffer);
    writeInbound(buffer);
  }

  /** The client has sent FIN. */
  public void receiveFin() {
    pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
  }

  /** What the client was sent since this was called last. */
  public byte[] sent() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf each = readOutbound(); each != null; each = readOutbound()) {
      all.writeBytes(each);
      each.release();
    }
    return ByteBufUtil.getBytes(all);
  }

  /** Whether all that was received or allocated has been released. */
  public boolean releasedAll() {
    return received.stream().allMatch(buffer -> buffer.refCnt() == 0)
        && allocator.metric().usedHeapMemory() == 0
        && allocator.metric().usedDirectMemory() == 0;
  }

  @Override
  protected SocketAddress localAddress0() {
    return LISTENER;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return CLIENT;
  }

  @Override
  public boolean isInputShutdown() {
    return false;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setSuccess();
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    outputShutdown = true;
    return promise.setSuccess();
  }

  @Override
  public boolean isShutdown() {
    return outputShutdown;
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdownOutput();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return shutdownOutput(promise);
  }
}
