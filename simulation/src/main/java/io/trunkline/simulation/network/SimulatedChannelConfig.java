package io.trunkline.simulation.network;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import org.jspecify.annotations.Nullable;

/** The options of a simulated socket; those that only a kernel heeds are taken and forgotten. */
public final class SimulatedChannelConfig extends DefaultChannelConfig
    implements SocketChannelConfig {
  private final SimulatedChannel socket;
  private boolean halfClosure;
  private int linger = -1;

  SimulatedChannelConfig(SimulatedChannel socket) {
    super(socket);
    this.socket = socket;
    super.setAllocator(new UnpooledByteBufAllocator(false, true));
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getOption(ChannelOption<T> option) {
    if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
      return (T) (Object) halfClosure;
    }
    return super.getOption(option);
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
      halfClosure = (Boolean) value;
      return true;
    }
    if (option.equals(ChannelOption.SO_LINGER)) {
      linger = (Integer) value;
      return true;
    }
    if (option.equals(ChannelOption.TCP_NODELAY)) {
      return true;
    }
    return super.setOption(option, value);
  }

  @Override
  protected void autoReadCleared() {
    socket.autoReadCleared();
  }

  @Override
  public boolean isAllowHalfClosure() {
    return halfClosure;
  }

  @Override
  public SocketChannelConfig setAllowHalfClosure(boolean allow) {
    halfClosure = allow;
    return this;
  }

  @Override
  public int getSoLinger() {
    return linger;
  }

  @Override
  public SocketChannelConfig setSoLinger(int seconds) {
    linger = seconds;
    return this;
  }

  @Override
  public boolean isTcpNoDelay() {
    return true;
  }

  @Override
  public SocketChannelConfig setTcpNoDelay(boolean noDelay) {
    return this;
  }

  @Override
  public int getSendBufferSize() {
    return 0;
  }

  @Override
  public SocketChannelConfig setSendBufferSize(int size) {
    return this;
  }

  @Override
  public int getReceiveBufferSize() {
    return 0;
  }

  @Override
  public SocketChannelConfig setReceiveBufferSize(int size) {
    return this;
  }

  @Override
  public boolean isKeepAlive() {
    return true;
  }

  @Override
  public SocketChannelConfig setKeepAlive(boolean keepAlive) {
    return this;
  }

  @Override
  public int getTrafficClass() {
    return 0;
  }

  @Override
  public SocketChannelConfig setTrafficClass(int trafficClass) {
    return this;
  }

  @Override
  public boolean isReuseAddress() {
    return false;
  }

  @Override
  public SocketChannelConfig setReuseAddress(boolean reuse) {
    return this;
  }

  @Override
  public SocketChannelConfig setPerformancePreferences(int time, int latency, int bandwidth) {
    return this;
  }

  @Override
  public SocketChannelConfig setConnectTimeoutMillis(int millis) {
    super.setConnectTimeoutMillis(millis);
    return this;
  }

  @Override
  @Deprecated
  public SocketChannelConfig setMaxMessagesPerRead(int messages) {
    super.setMaxMessagesPerRead(messages);
    return this;
  }

  @Override
  public SocketChannelConfig setWriteSpinCount(int count) {
    super.setWriteSpinCount(count);
    return this;
  }

  @Override
  public SocketChannelConfig setAllocator(ByteBufAllocator allocator) {
    super.setAllocator(allocator);
    return this;
  }

  @Override
  public SocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
    super.setRecvByteBufAllocator(allocator);
    return this;
  }

  @Override
  public SocketChannelConfig setAutoRead(boolean autoRead) {
    super.setAutoRead(autoRead);
    return this;
  }

  @Override
  public SocketChannelConfig setAutoClose(boolean autoClose) {
    super.setAutoClose(autoClose);
    return this;
  }

  @Override
  public SocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
    super.setMessageSizeEstimator(estimator);
    return this;
  }

  @Override
  public SocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
    super.setWriteBufferWaterMark(mark);
    return this;
  }
}
