package io.trunkline.healthcheck.sentinel;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.trunkline.config.HostPort;
import io.trunkline.config.SentinelConfig;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.common.TlsState;
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
    Optional<SslContext> ssl = Optional.empty();
    Optional<String> broken = Optional.empty();
    switch (tls.map(ClientTls::state).orElse(null)) {
      case TlsState.Ready ready -> ssl = Optional.of(ready.context());
      case TlsState.Broken reason -> broken = Optional.of(reason.reason());
      case null -> {}
    }
    SentinelCall call =
        new SentinelCall(
            config, address, new SentinelCall.Supplies(loop, workers, clock, ssl), listener);
    call.start();
    Optional<String> unusable = broken;
    loop.execute(
        () ->
            unusable.ifPresentOrElse(
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
