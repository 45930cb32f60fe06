package io.trunkline.healthcheck.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.config.HostResolver;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.sentinel.SentinelCall;
import io.trunkline.healthcheck.sentinel.SentinelDialer;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.routing.SentinelAnswer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When no socket can be opened, as when no file descriptor is left. */
class ConnectorTest {
  private static final ChannelFactory<NioSocketChannel> NONE_LEFT =
      () -> {
        throw new ChannelException("Too many open files");
      };

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final MonotonicClock clock = new MonotonicClock();
  private final Connector connector = new Connector(loop, NONE_LEFT, new HostResolver(clock));

  private record Told(String reason, boolean onLoop) {}

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    workers.shutdownNow();
  }

  @Test
  void restIsToldOnItsLoop() throws Exception {
    RestClient client =
        new RestClient(
            loop,
            connector,
            new ClientTls("patroni", SslMode.DISABLE, TlsFiles.NONE, Optional.empty()),
            Duration.ofSeconds(30),
            clock);
    ApiUrl url = ApiUrl.parse("http://127.0.0.1:8008/patroni");
    CompletableFuture<Told> told = new CompletableFuture<>();
    loop.execute(
        () ->
            client.ask(
                url,
                "/primary",
                reply ->
                    told.complete(
                        new Told(((RestReply.Failed) reply).reason(), loop.inEventLoop()))));
    assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(new Told("Too many open files", true));
  }

  @Test
  void aSentinelIsToldOnItsLoop() throws Exception {
    SentinelConfig config = Configs.sentinel("user: watcher", "password: x", "tls: disable");
    SentinelDialer dialer =
        new SentinelDialer(config, loop, connector, Optional.empty(), workers, clock);
    CompletableFuture<Told> told = new CompletableFuture<>();
    SentinelCall.Listener listener =
        new SentinelCall.Listener() {
          @Override
          public void answered(SentinelAnswer answer) {
            throw new AssertionError(answer);
          }

          @Override
          public void ended(SentinelCall.Failure failure, String reason) {
            told.complete(new Told(reason, loop.inEventLoop()));
          }
        };
    HostPort address = new HostPort(InetAddress.getLoopbackAddress().getHostAddress(), 5432);
    loop.execute(() -> dialer.dial(address, listener));
    assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(new Told("Too many open files", true));
  }
}
