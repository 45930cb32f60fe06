package io.trunkline.daemon.upgrade;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What two processes of one node say to each other: lines of text, and once the descriptors of
 * sockets (unix(7), SCM_RIGHTS). Whoever receives waits on a thread of its own, never on the loop.
 */
final class HandoverChannel implements AutoCloseable {
  private static final int LONGEST_LINE = 1 << 20;

  private final Channel channel;
  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** There is nothing more to come. */
  private record End() {}

  /** What is to be in the pipeline of a channel before anything is read from it. */
  static final class Initializer extends ChannelInitializer<Channel> {
    private final CompletableFuture<HandoverChannel> first = new CompletableFuture<>();

    @Override
    protected void initChannel(Channel channel) {
      first.complete(new HandoverChannel(channel));
    }

    CompletableFuture<HandoverChannel> first() {
      return first;
    }
  }

  private HandoverChannel(Channel channel) {
    this.channel = channel;
    channel.pipeline().addLast(new Receiver());
    channel.pipeline().addFirst(new LineBasedFrameDecoder(LONGEST_LINE));
    channel
        .closeFuture()
        .addListener(
            _ -> {
              received.add(new End());
              closed.complete(null);
            });
  }

  /**
   * Connects.
   *
   * @throws IOException if nobody listens there
   */
  static HandoverChannel connect(Path path, EventLoopGroup loop) throws IOException {
    Initializer initializer = new Initializer();
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainSocketChannel.class)
            .handler(initializer)
            .connect(new DomainSocketAddress(path.toFile()))
            .awaitUninterruptibly();
    if (!connecting.isSuccess()) {
      throw new IOException(
          "%s: %s".formatted(path, connecting.cause().getMessage()), connecting.cause());
    }
    return initializer.first().join();
  }

  private final class Receiver extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      received.add(
          message instanceof ByteBuf line ? line.toString(StandardCharsets.UTF_8) : message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** The process on the other side, by what the kernel says of it. */
  long peer() throws IOException {
    return ((EpollDomainSocketChannel) channel).peerCredentials().pid();
  }

  void send(String line) {
    channel.writeAndFlush(Unpooled.copiedBuffer(line + "\n", StandardCharsets.UTF_8));
  }

  void send(List<FileDescriptor> sockets) {
    sockets.forEach(channel::write);
    channel.flush();
  }

  /**
   * The next line.
   *
   * @param first its first word; what follows it is returned
   * @throws IOException saying what came instead, or that nothing came in that time
   */
  String receive(String first, Duration patience) throws IOException {
    Object next = take(patience);
    if (next instanceof String line && (line + " ").startsWith(first + " ")) {
      return line.substring(Math.min(line.length(), first.length() + 1));
    }
    throw new IOException(
        next instanceof End
            ? "the other process went away instead of saying " + first
            : "the other process said %s instead of %s".formatted(next, first));
  }

  /**
   * The next line, whatever it is.
   *
   * @throws IOException when there is none any more
   */
  String receive() throws IOException {
    while (true) {
      Optional<String> next = receive(Duration.ofDays(1));
      if (next.isPresent()) {
        return next.get();
      }
    }
  }

  /**
   * The next line, whatever it is, if one comes in that time.
   *
   * @throws IOException when there is none any more
   */
  Optional<String> receive(Duration patience) throws IOException {
    Object next = poll(patience);
    if (next instanceof End) {
      throw new IOException("the other process went away");
    }
    return next instanceof String line ? Optional.of(line) : Optional.empty();
  }

  /**
   * So many sockets. What is asked for is sent only when this side can tell them from text.
   *
   * @param asking the line that asks for them
   */
  List<FileDescriptor> receiveSockets(int count, String asking, Duration patience)
      throws IOException {
    EpollDomainSocketChannel socket = (EpollDomainSocketChannel) channel;
    List<FileDescriptor> sockets = new ArrayList<>();
    try {
      socket.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
      send(asking);
      while (sockets.size() < count) {
        Object next = take(patience);
        if (!(next instanceof FileDescriptor descriptor)) {
          throw new IOException("the other process sent %s instead of a socket".formatted(next));
        }
        sockets.add(descriptor);
      }
      return sockets;
    } catch (IOException e) {
      for (FileDescriptor each : sockets) {
        each.close();
      }
      throw e;
    } finally {
      socket.config().setReadMode(DomainSocketReadMode.BYTES);
    }
  }

  private Object take(Duration patience) throws IOException {
    Object next = poll(patience);
    if (next == null) {
      throw new IOException("the other process said nothing for " + patience.toSeconds() + " s");
    }
    return next;
  }

  private @Nullable Object poll(Duration patience) throws IOException {
    try {
      return received.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Completes when the other side is gone. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  @Override
  public void close() {
    channel.close();
  }
}
