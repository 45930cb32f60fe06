package io.trunkline.healthcheck.sentinel;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.trunkline.config.HostPort;
import io.trunkline.config.SentinelConfig;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Opens sentinels' connections. */
public final class SentinelDialer implements Sentinel.Dialer {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  private final SentinelConfig config;
  private final EventLoop loop;
  private final Connector connector;
  private final Optional<ClientTls> tls;
  private final Executor workers;
  private final InstantSource clock;

  public SentinelDialer(
      SentinelConfig config,
      EventLoop loop,
      Connector connector,
      Optional<ClientTls> tls,
      Executor workers,
      InstantSource clock) {
    this.config = config;
    this.loop = loop;
    this.connector = connector;
    this.tls = tls;
    this.workers = workers;
    this.clock = clock;
  }

  @Override
  public SentinelCall dial(HostPort address, SentinelCall.Listener listener) {
    Optional<String> broken = tls.flatMap(ClientTls::failure); // before the context
    SentinelCall.Supplies supplies =
        new SentinelCall.Supplies(loop, workers, clock, tls.flatMap(ClientTls::context));
    SentinelCall call = new SentinelCall(config, address, supplies, listener);
    call.start();
    loop.execute(
        () ->
            broken.ifPresentOrElse(
                reason -> call.end(SentinelCall.Failure.BROKEN, reason),
                () -> connect(address, call)));
    return call;
  }

  private void connect(HostPort address, SentinelCall call) {
    connector.connect(
        address,
        call::over,
        CONNECT_LIMIT,
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(call);
          }
        },
        call::failed);
  }
}
