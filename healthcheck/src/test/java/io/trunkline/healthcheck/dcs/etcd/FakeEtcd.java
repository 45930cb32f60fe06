package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.trunkline.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An etcd with one user that a test writes: it answers a login when told to, and asks for its token
 * with every other request, as etcd 3.5.28 and 3.6.9 do.
 */
final class FakeEtcd implements AutoCloseable {
  final AtomicInteger logins = new AtomicInteger();
  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger renewals = new AtomicInteger();
  final Queue<StreamObserver<AuthenticateResponse>> waiting = new ConcurrentLinkedQueue<>();
  volatile String token = "t1";

  /** Reads are not answered. */
  volatile boolean mute;

  /** Logins are answered at once. */
  volatile boolean prompt;

  private final Server server;

  FakeEtcd() {
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(new Auth())
              .addService(new Keys())
              .addService(new Leases())
              .intercept(new Guard())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.getPort());
  }

  /** Answers the logins that wait. */
  void admit() {
    for (var each = waiting.poll(); each != null; each = waiting.poll()) {
      each.onNext(AuthenticateResponse.newBuilder().setToken(token).build());
      each.onCompleted();
    }
  }

  /** Refuses them. */
  void refuse() {
    for (var each = waiting.poll(); each != null; each = waiting.poll()) {
      each.onError(
          Status.INVALID_ARGUMENT
              .withDescription("etcdserver: authentication failed, invalid user ID or password")
              .asRuntimeException());
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Auth extends AuthGrpc.AuthImplBase {
    @Override
    public void authenticate(
        AuthenticateRequest request, StreamObserver<AuthenticateResponse> answer) {
      logins.incrementAndGet();
      waiting.add(answer);
      if (prompt) {
        admit();
      }
    }
  }

  private final class Keys extends KVGrpc.KVImplBase {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      reads.incrementAndGet();
      if (!mute) {
        answer.onNext(
            RangeResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setRevision(1))
                .build());
        answer.onCompleted();
      }
    }
  }

  private final class Leases extends LeaseGrpc.LeaseImplBase {
    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
        StreamObserver<LeaseKeepAliveResponse> answer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(LeaseKeepAliveRequest request) {
          renewals.incrementAndGet();
          answer.onNext(
              LeaseKeepAliveResponse.newBuilder().setID(request.getID()).setTTL(9).build());
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          answer.onCompleted();
        }
      };
    }
  }

  private final class Guard implements ServerInterceptor {
    private static final Metadata.Key<String> TOKEN =
        Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      boolean login =
          call.getMethodDescriptor()
              .getFullMethodName()
              .equals(AuthGrpc.getAuthenticateMethod().getFullMethodName());
      if (!login && !token.equals(headers.get(TOKEN))) {
        call.close(
            Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }
}
