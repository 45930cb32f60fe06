package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.ProxyTestCase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members' names, by a resolver that answers, hangs and fails. */
@Timeout(30)
class MemberAddressesTest extends ProxyTestCase {
  private static final HostPort PG1 = new HostPort("pg1.example", 5432);

  private final EventLoopGroup loops =
      using(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()));
  private final EventLoop loop = loops.next();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicReference<CompletableFuture<String>> answer =
      new AtomicReference<>(CompletableFuture.completedFuture("192.0.2.1"));
  private final MemberAddresses addresses = new MemberAddresses(now::get, this::resolve);

  private InetAddress resolve(String host) throws UnknownHostException {
    asked.incrementAndGet();
    String found = answer.get().join();
    if (found.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return InetAddress.ofLiteral(found);
  }

  private String resolved() throws Exception {
    return addresses.resolve(PG1, loop).get(10, TimeUnit.SECONDS).getAddress().getHostAddress();
  }

  private void later() {
    now.set(now.get().plusSeconds(60));
  }

  @Test
  void whileTheResolverHangsTheLastAddressIsUsed() throws Exception {
    assertThat(resolved()).isEqualTo("192.0.2.1");
    later();
    CompletableFuture<String> hanging = new CompletableFuture<>();
    answer.set(hanging);
    assertThat(resolved()).isEqualTo("192.0.2.1");
    assertThat(resolved()).isEqualTo("192.0.2.1");
    assertThat(asked).as("one lookup at a time").hasValue(2);
    hanging.complete("192.0.2.2");
    ProxyFixture.await(() -> addresses.resolve(PG1, loop).isDone());
    assertThat(resolved()).isEqualTo("192.0.2.2");
  }

  @Test
  void aNewAddressIsUsedWhenTheResolverAnswers() throws Exception {
    assertThat(resolved()).isEqualTo("192.0.2.1");
    answer.set(CompletableFuture.completedFuture("192.0.2.2"));
    assertThat(resolved()).as("for a while").isEqualTo("192.0.2.1");
    later();
    ProxyFixture.await(
        () -> {
          try {
            return resolved().equals("192.0.2.2");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aResolverThatFailsLeavesTheLastAddress() throws Exception {
    assertThat(resolved()).isEqualTo("192.0.2.1");
    later();
    answer.set(CompletableFuture.completedFuture(""));
    assertThat(resolved()).isEqualTo("192.0.2.1");
    assertThat(addresses.resolve(new HostPort("pg9.example", 5432), loop).await().cause())
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void thoseWhoAskAtOnceShareALookup() throws Exception {
    CompletableFuture<String> hanging = new CompletableFuture<>();
    answer.set(hanging);
    List<Future<InetSocketAddress>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(addresses.resolve(PG1, loop));
    }
    hanging.complete("192.0.2.3");
    for (Future<InetSocketAddress> each : all) {
      assertThat(each.get(10, TimeUnit.SECONDS).getPort()).isEqualTo(5432);
    }
    assertThat(asked).hasValue(1);
  }
}
