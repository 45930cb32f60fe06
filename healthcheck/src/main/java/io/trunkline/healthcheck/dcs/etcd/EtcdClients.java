package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.ClientTls;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Makes jetcd clients, each for one endpoint. */
final class EtcdClients {
  /** How long a read may take. */
  static final Duration DEADLINE = Duration.ofSeconds(1);

  /**
   * gRPC takes nothing shorter, and etcd hangs up on clients that ping more often than every 5 s.
   * What notices a dead endpoint is the heartbeat; the timeout also sets TCP_USER_TIMEOUT.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  /** The one that lasts. */
  private static final String WATCH = WatchGrpc.getWatchMethod().getFullMethodName();

  private static final int MAX_ANSWER = 16 << 20;

  private final Optional<ClientTls> tls;
  private final ExecutorService workers;
  private final InstantSource clock;
  private final EtcdPort port;
  private final Optional<EtcdLogin> login;

  EtcdClients(
      EtcdConfig config, Optional<ClientTls> tls, ExecutorService workers, InstantSource clock) {
    this.tls = tls;
    this.workers = workers;
    this.clock = clock;
    this.port = new EtcdPort(tls);
    this.login =
        config
            .username()
            .flatMap(
                user -> config.password().map(password -> new EtcdLogin(user, password, clock)));
  }

  /** A client, whose connection is opened with the first request. */
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
            .interceptor(new Requests(host));
    tls.flatMap(ClientTls::context).ifPresent(builder::sslContext);
    return builder.build();
  }

  EtcdLink link(HostPort host) {
    return new EtcdLink(this, host, clock);
  }

  /** Whether a login is under way there, which a new client would throw away. */
  boolean loggingIn(HostPort host) {
    return login.filter(it -> it.running(host)).isPresent();
  }

  /** Finds out, elsewhere, why nothing has ever come through, and tells it if it can. */
  void diagnose(HostPort host, Consumer<String> found) {
    workers.execute(() -> port.diagnose(host).ifPresent(found));
  }

  /**
   * Gives each request a deadline, as jetcd sets none: a read from a member that hangs would never
   * end. And the token, where etcd has users; etcd 3.5.28, 3.6.9 and later ask for it with each.
   */
  private final class Requests implements ClientInterceptor {
    private final HostPort member;

    Requests(HostPort member) {
      this.member = member;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      CallOptions limited =
          method.getFullMethodName().equals(WATCH)
              ? options
              : options.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      return login
          .map(it -> withToken(method, limited, next, it.credentials(member, next)))
          .orElseGet(() -> next.newCall(method, limited));
    }

    private static <Q, A> ClientCall<Q, A> withToken(
        MethodDescriptor<Q, A> method,
        CallOptions options,
        Channel next,
        EtcdLogin.Credentials credentials) {
      return new SimpleForwardingClientCall<>(
          next.newCall(method, options.withCallCredentials(credentials))) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  super.onClose(credentials.ended(status), trailers);
                }
              },
              headers);
        }
      };
    }
  }
}
