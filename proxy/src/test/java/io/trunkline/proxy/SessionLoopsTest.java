package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.trunkline.proxy.session.SessionIo;
import io.trunkline.proxy.session.SessionLoops;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionLoopsTest {
  private final SessionIo.Factory io = new SessionIo.Factory();
  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(3, io);
  private final SessionLoops loops = new SessionLoops(group, io);

  @AfterEach
  void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void aTurnIsCompleteWhenEveryLoopHasTakenPart() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    loops.onEach(_ -> taken.incrementAndGet()).get(5, TimeUnit.SECONDS);
    assertThat(taken).hasValue(3);
  }

  @Test
  void aTurnIsNeverCompleteWhileALoopHangs() throws Exception {
    CompletableFuture<Void> hanging = new CompletableFuture<>();
    group.next().execute(hanging::join);
    CompletableFuture<Void> turn = loops.onEach(_ -> {});
    Thread.sleep(200); // it does not complete meanwhile
    assertThat(turn).isNotDone();
    hanging.complete(null);
    turn.get(5, TimeUnit.SECONDS);
  }
}
