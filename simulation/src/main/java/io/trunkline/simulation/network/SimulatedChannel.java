package io.trunkline.simulation.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.simulation.time.SimulatedLoop;
import io.trunkline.simulation.time.SimulatedProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket of Netty's on the simulated network. It has a descriptor of its process, and gets what
 * epoll(7) reports of it through that, as Netty's own epoll transport does; a connection gets it
 * from the kernel in a way that a descriptor's next owner can get what was reported for it.
 */
public final class SimulatedChannel extends AbstractChannel
    implements SocketChannel, SimulatedProcess.Descriptor {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
  private static final int READABLE = 1;
  private static final int WRITABLE = 2;
  private static final int BROKEN = 4;
  private static final int NONE = -1;

  private final Network network;
  private final SimulatedProcess process;
  private final String host;
  private final BiConsumer<SimulatedChannel, byte[]> written;
  private final SimulatedChannelConfig config = new SimulatedChannelConfig(this);
  private final Registration registration = new Registration();
  private int descriptor;
  private @Nullable TcpSide side;
  private InetSocketAddress local;
  private @Nullable InetSocketAddress remote;
  private @Nullable ChannelPromise connecting;
  private @Nullable ScheduledFuture<?> connectDeadline;
  private boolean readsWanted;
  private boolean writesWanted;
  private boolean inputShut;
  private boolean outputShut;
  private boolean closed;

  /**
   * One that is not connected yet.
   *
   * @param host the address of its machine
   * @param written is told of all bytes before they are sent
   */
  public SimulatedChannel(
      Network network,
      SimulatedProcess process,
      String host,
      BiConsumer<SimulatedChannel, byte[]> written) {
    super(null);
    this.network = network;
    this.process = process;
    this.host = host;
    this.written = written;
    this.local = new InetSocketAddress(host, 0);
    this.descriptor = process.open(this);
  }

  /** One that was accepted. */
  public SimulatedChannel(
      Network network, SimulatedProcess process, TcpSide accepted, InetSocketAddress local) {
    this(network, process, accepted.host(), (_, _) -> {});
    this.local = local;
    this.remote = new InetSocketAddress(accepted.peerHost(), 40_000);
    this.side = accepted;
  }

  /** What the kernel has of it. */
  private final class Registration implements SimulatedLoop.Source {
    @Override
    public int descriptor() {
      return descriptor;
    }

    @Override
    public int events() {
      TcpSide now = side;
      if (now == null) {
        return 0;
      }
      int events = 0;
      if (now.state() == TcpSide.State.FAILED) {
        events |= BROKEN;
      }
      if (connecting != null) {
        return now.state() == TcpSide.State.ESTABLISHED ? events | WRITABLE : events;
      }
      if (readsWanted && !inputShut && (now.readable() || now.finished())) {
        events |= READABLE;
      }
      if (writesWanted && now.room() > 0) {
        events |= WRITABLE;
      }
      return events;
    }
  }

  private SimulatedLoop loop() {
    return (SimulatedLoop) eventLoop();
  }

  private void changed(TcpSide from) {
    if (isRegistered() && registration.events() != 0) {
      loop().ready(registration);
    }
  }

  /** What epoll reported for the descriptor, which may have been another socket's then. */
  @Override
  public void onEvents(int events) {
    if (!isRegistered() || closed) {
      return;
    }
    if (connecting != null) {
      finishConnecting(events);
      return;
    }
    if ((events & WRITABLE) != 0) {
      writesWanted = false;
      unsafe().flush();
    }
    if ((events & BROKEN) != 0) {
      broke();
      return;
    }
    if ((events & READABLE) != 0) {
      read0();
    }
  }

  private void finishConnecting(int events) {
    ChannelPromise promise = connecting;
    TcpSide now = side;
    if (promise == null || now == null) {
      return;
    }
    if (now.state() == TcpSide.State.ESTABLISHED) {
      connecting = null;
      cancelDeadline();
      promise.trySuccess();
      pipeline().fireChannelActive();
      changed(now);
    } else if (now.state() == TcpSide.State.FAILED || (events & BROKEN) != 0) {
      connecting = null;
      cancelDeadline();
      if (now.state() != TcpSide.State.FAILED) {
        stray();
      }
      String why = now.state() == TcpSide.State.FAILED ? now.failure() : "Connection reset";
      promise.tryFailure(new ConnectException(why));
      unsafe().close(unsafe().voidPromise());
    } else if ((events & WRITABLE) != 0) {
      stray(); // connect(2) would be taken for done
    }
  }

  private void cancelDeadline() {
    if (connectDeadline != null) {
      connectDeadline.cancel(false);
      connectDeadline = null;
    }
  }

  private void broke() {
    TcpSide now = side;
    if (now == null || now.state() != TcpSide.State.FAILED) {
      stray();
    }
    inputShut = true;
    String why = now == null || now.failure().isEmpty() ? "Connection reset" : now.failure();
    pipeline().fireExceptionCaught(new IOException(why));
    unsafe().close(unsafe().voidPromise());
  }

  private void stray() {
    network.stray("%s: the connection to %s ends by what another one did".formatted(host, remote));
  }

  private void read0() {
    TcpSide from = side;
    if (from == null) {
      return;
    }
    boolean any = false;
    for (int i = 0; i < METADATA.defaultMaxMessagesPerRead() && readsWanted; i++) {
      byte[] bytes = from.read();
      if (bytes == null) {
        break;
      }
      any = true;
      ByteBuf buffer = config.getAllocator().heapBuffer(bytes.length).writeBytes(bytes);
      pipeline().fireChannelRead(buffer);
      if (closed) {
        return;
      }
      readsWanted = config.isAutoRead();
    }
    if (any) {
      pipeline().fireChannelReadComplete();
    }
    if (!closed && from.finished() && !inputShut && readsWanted) {
      inputShut = true;
      if (config.isAllowHalfClosure()) {
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
      } else {
        unsafe().close(unsafe().voidPromise());
      }
    }
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new SocketUnsafe();
  }

  private final class SocketUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress to, @Nullable SocketAddress from, ChannelPromise promise) {
      if (!promise.setUncancellable() || !ensureOpen(promise)) {
        return;
      }
      InetSocketAddress address = (InetSocketAddress) to;
      remote = address;
      connecting = promise;
      TcpSide dialled =
          network.connect(host, address.getAddress().getHostAddress(), address.getPort());
      side = dialled;
      dialled.listen(SimulatedChannel.this::changed);
      connectDeadline =
          eventLoop()
              .schedule(
                  () -> connectTimedOut(address),
                  config.getConnectTimeoutMillis(),
                  TimeUnit.MILLISECONDS);
    }

    private void connectTimedOut(InetSocketAddress address) {
      ChannelPromise promise = connecting;
      if (promise != null
          && promise.tryFailure(
              new ConnectTimeoutException(
                  "connection timed out after "
                      + config.getConnectTimeoutMillis()
                      + " ms: "
                      + address))) {
        connecting = null;
        close(voidPromise());
      }
    }
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop instanceof SimulatedLoop;
  }

  @Override
  protected void doRegister(ChannelPromise promise) {
    TcpSide accepted = side;
    if (accepted != null) {
      accepted.listen(this::changed);
      eventLoop().execute(() -> changed(accepted));
    }
    promise.setSuccess();
  }

  @Override
  public void onProcessEnded() {
    TcpSide now = side;
    if (now != null) {
      now.close(false);
    }
  }

  @Override
  protected void doBeginRead() {
    readsWanted = true;
    TcpSide now = side;
    if (now != null) {
      changed(now);
    }
  }

  /** The channel is not to be read. */
  void autoReadCleared() {
    readsWanted = false;
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer buffer) throws Exception {
    TcpSide to = side;
    while (buffer.current() != null) {
      ByteBuf message = (ByteBuf) buffer.current();
      if (to == null || to.state() != TcpSide.State.ESTABLISHED) {
        throw new IOException("Broken pipe");
      }
      int length = message.readableBytes();
      int sent = Math.min(length, to.room());
      if (sent > 0) {
        byte[] bytes = new byte[sent];
        message.getBytes(message.readerIndex(), bytes);
        written.accept(this, bytes);
        to.write(bytes);
      }
      buffer.removeBytes(sent);
      if (length == 0) {
        buffer.remove();
      } else if (sent < length) {
        writesWanted = true;
        return;
      }
    }
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    return message;
  }

  @Override
  protected void doClose() {
    if (closed) {
      return;
    }
    closed = true;
    if (isRegistered()) {
      loop().gone(registration);
    }
    process.close(descriptor);
    descriptor = NONE;
    cancelDeadline();
    ChannelPromise promise = connecting;
    if (promise != null) {
      connecting = null;
      promise.tryFailure(new ClosedChannelException());
    }
    TcpSide now = side;
    if (now != null) {
      now.close(config.getSoLinger() == 0);
    }
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("a simulated channel does not choose its own address");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  /** What has not been handed to the kernel is sent first, as Netty's transports do. */
  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    outputShut = true;
    if (side != null) {
      side.finish();
    }
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    inputShut = true;
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    inputShut = true;
    return shutdownOutput(promise);
  }

  @Override
  public boolean isInputShutdown() {
    return inputShut;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShut;
  }

  @Override
  public boolean isShutdown() {
    return inputShut && outputShut;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return !closed && side != null && connecting == null;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public SimulatedChannelConfig config() {
    return config;
  }

  @Override
  public @Nullable ServerSocketChannel parent() {
    return null;
  }

  @Override
  protected SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return remote;
  }
}
