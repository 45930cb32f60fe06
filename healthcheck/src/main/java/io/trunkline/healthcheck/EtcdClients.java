package io.trunkline.healthcheck;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Makes jetcd clients, each for one endpoint. */
final class EtcdClients {
  /** How long a read may take. */
  static final Duration DEADLINE = Duration.ofSeconds(1);

  /**
   * gRPC takes nothing shorter, and etcd hangs up on clients that ping more often than every 5 s.
   * What notices a dead endpoint is the heartbeat; the timeout also sets TCP_USER_TIMEOUT.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  private static final int MAX_ANSWER = 16 << 20;

  private final EtcdConfig config;
  private final Supplier<Optional<TlsState>> tls;
  private final ExecutorService workers;

  EtcdClients(EtcdConfig config, Supplier<Optional<TlsState>> tls, ExecutorService workers) {
    this.config = config;
    this.tls = tls;
    this.workers = workers;
  }

  Client connect(HostPort host) {
    ClientBuilder builder =
        Client.builder()
            .target("dns:///" + host)
            .executorService(workers)
            .keepaliveTime(KEEPALIVE)
            .keepaliveTimeout(Duration.ofSeconds(2))
            .keepaliveWithoutCalls(false)
            .connectTimeout(Duration.ofSeconds(2))
            .maxInboundMessageSize(MAX_ANSWER)
            .waitForReady(false)
            .retryDelay(10)
            .retryMaxDelay(20)
            .retryMaxAttempts(1)
            .interceptor(new Deadline())
            .authInterceptors(new Deadline());
    if (tls.get().orElse(null) instanceof TlsState.Ready ready) {
      builder.sslContext(ready.context());
    }
    if (config.username().isPresent() && config.password().isPresent()) {
      builder.user(utf8(config.username().get())).password(utf8(config.password().get().reveal()));
    }
    return builder.build();
  }

  private static ByteSequence utf8(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  /** jetcd sets no deadline: a read from a member that hangs would never end. */
  private static final class Deadline implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
      return next.newCall(
          method,
          unary ? options.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS) : options);
    }
  }
}
