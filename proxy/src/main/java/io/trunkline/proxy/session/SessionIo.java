package io.trunkline.proxy.session;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The input and output of an event loop: Netty's for epoll(7), with these differences.
 *
 * <ul>
 *   <li>What is urgent ({@link #execute}) runs before the next event of any connection, not after
 *       all events of the round and the tasks that wait already.
 *   <li>Netty (4.2.12 to 4.2.20 at least) takes a connection in which nothing is awaited out of
 *       epoll, and later tries to change it there as if it had stayed: that fails with ENOENT, and
 *       the connection is closed with all that is still to be sent. Here it stays, and awaits
 *       nothing.
 *   <li>Netty reads to the end once a FIN is there (EPOLLRDHUP), even if the connection is not to
 *       be read because its other side is slow: as much as the kernel's buffer holds. Here the FIN
 *       is an occasion to read a little, once, and the end is found by reading.
 * </ul>
 */
public final class SessionIo implements IoHandler, Executor {
  private static final int ET = EpollIoOps.EPOLLET.value();
  private static final int IN = EpollIoOps.EPOLLIN.value();
  private static final int RDHUP = EpollIoOps.EPOLLRDHUP.value();

  /** Of every event that has no RDHUP; what epoll(7) tells besides means nothing to Netty. */
  private static final EpollIoEvent[] EVENTS =
      IntStream.range(0, 32)
          .mapToObj(EpollIoOps::valueOf)
          .map(ops -> (EpollIoEvent) () -> ops)
          .toArray(EpollIoEvent[]::new);

  private final IoHandler epoll;
  private final ThreadAwareExecutor loop;
  private final Queue<Runnable> urgent = new ConcurrentLinkedQueue<>();

  private SessionIo(IoHandler epoll, ThreadAwareExecutor loop) {
    this.epoll = epoll;
    this.loop = loop;
  }

  /** Makes those of a group of event loops. */
  public static final class Factory implements IoHandlerFactory {
    private final IoHandlerFactory epoll = EpollIoHandler.newFactory();
    private final Map<ThreadAwareExecutor, SessionIo> made = new ConcurrentHashMap<>();

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
      SessionIo io = new SessionIo(epoll.newHandler(loop), loop);
      made.put(loop, io);
      return io;
    }

    @Override
    public boolean isChangingThreadSupported() {
      return epoll.isChangingThreadSupported();
    }

    /** That of an event loop that was made with this. */
    SessionIo of(EventExecutor loop) {
      return Objects.requireNonNull(made.get((ThreadAwareExecutor) loop));
    }
  }

  /** Runs that on the loop, as soon as the event that it is at is over. Any thread. */
  @Override
  public void execute(Runnable task) {
    urgent.add(task);
    loop.execute(this::runUrgent);
  }

  private void runUrgent() {
    for (Runnable task = urgent.poll(); task != null; task = urgent.poll()) {
      task.run();
    }
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    Connection connection = new Connection((EpollIoHandle) handle);
    connection.registration(epoll.register(connection));
    return connection;
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  /** Stands between a channel and epoll, in both directions. */
  @SuppressWarnings("try") // IoHandle declares that its close may throw anything
  private final class Connection implements EpollIoHandle, IoRegistration {
    private final EpollIoHandle channel;

    private @Nullable IoRegistration registration;

    private int wanted;
    private boolean finSeen;

    Connection(EpollIoHandle channel) {
      this.channel = channel;
    }

    void registration(IoRegistration made) {
      registration = made;
    }

    private IoRegistration registration() {
      return Objects.requireNonNull(registration);
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      runUrgent();
      int ops = ((EpollIoEvent) event).ops().value();
      if ((ops & RDHUP) == 0) {
        channel.handle(this, event);
        return;
      }
      finSeen = true;
      channel.handle(this, EVENTS[(ops | IN) & (EVENTS.length - 1)]);
      if (channel.fd().isOpen()) {
        channel.handle(this, EVENTS[IN]); // the end, if that was all there was before it
      }
      submitWanted();
    }

    @Override
    public long submit(IoOps ops) {
      wanted = ((EpollIoOps) ops).value();
      return submitWanted();
    }

    /** Who reads finds the end by itself; who does not is told of it, once. */
    private long submitWanted() {
      boolean tell = (wanted & RDHUP) != 0 && (wanted & IN) == 0 && !finSeen;
      int effective = tell ? wanted : wanted & ~RDHUP;
      return registration().submit(EpollIoOps.valueOf(effective == 0 ? ET : effective));
    }

    @Override
    public FileDescriptor fd() {
      return channel.fd();
    }

    @Override
    public void registered() {
      channel.registered();
    }

    @Override
    public void unregistered() {
      channel.unregistered();
    }

    @Override
    public void close() throws Exception {
      channel.close();
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as it is declared
    public <T> T attachment() {
      return registration().attachment();
    }

    @Override
    public boolean isValid() {
      return registration().isValid();
    }

    @Override
    public boolean cancel() {
      return registration().cancel();
    }
  }
}
