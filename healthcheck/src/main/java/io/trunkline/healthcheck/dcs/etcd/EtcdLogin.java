package io.trunkline.healthcheck.dcs.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.trunkline.config.HostPort;
import io.trunkline.config.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The user that a cluster's etcd is asked as, and the token that etcd has given for it: one for all
 * its members and all clients here, until etcd rejects it. Any thread may use it.
 *
 * <p>A login costs etcd the sum of bcrypt, a tenth of a second of processor time and more. So there
 * is one at a time, and at another member only when the first takes long; it has a deadline of its
 * own, and after one that etcd did not accept, or not answer, the next waits ever longer. jetcd's
 * own way makes a login of every request that has no token.
 */
final class EtcdLogin {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /** Stands for a token where etcd has no users: it asks for none (as etcd's own client does). */
  private static final String NONE = "";

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration DEADLINE_MOST = Duration.ofSeconds(60);

  /** After that long without an answer another member is asked as well. */
  private static final Duration HEDGE = Duration.ofSeconds(2);

  private static final Duration UNREACHABLE = Duration.ofMillis(250);
  private static final Duration BACKOFF = Duration.ofSeconds(1);
  private static final Duration BACKOFF_MOST = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 10;

  private final String user;
  private final Secret password;
  private final InstantSource clock;
  private final Map<HostPort, Attempts> attempts = new HashMap<>();

  /** Requests that go out with the token, or are told why there is none. */
  private final List<Credentials> waiting = new ArrayList<>();

  private @Nullable String token;

  EtcdLogin(String user, Secret password, InstantSource clock) {
    this.user = user;
    this.password = password;
    this.clock = clock;
  }

  /** The logins at one member. */
  private static final class Attempts {
    private boolean running;
    private Instant startedAt = Instant.MIN;
    private Instant notBefore = Instant.MIN;
    private int failures;
    private Status failure = Status.UNAUTHENTICATED;
  }

  /** Whether a login at that member has not been answered yet. */
  synchronized boolean running(HostPort member) {
    Attempts there = attempts.get(member);
    return there != null && there.running;
  }

  Credentials credentials(HostPort member, Channel channel) {
    return new Credentials(member, channel);
  }

  /** Gives one request its token. */
  final class Credentials extends CallCredentials {
    private final HostPort member;
    private final Channel channel;
    private volatile @Nullable MetadataApplier applier;
    private volatile @Nullable String sent;

    private Credentials(HostPort member, Channel channel) {
      this.member = member;
      this.channel = channel;
    }

    @Override
    public void applyRequestMetadata(
        RequestInfo request, Executor executor, MetadataApplier metadata) {
      applier = metadata;
      request(this);
    }

    /** How the request has ended, with the reason why it was not even sent. */
    Status ended(Status status) {
      String with = sent;
      if (with != null && rejected(status)) {
        forget(with);
      }
      return with == null && applier != null && status.getCode() == Status.Code.DEADLINE_EXCEEDED
          ? Status.UNAUTHENTICATED.withDescription(
              "no answer yet to the login as " + user + ", which goes on")
          : status;
    }

    private void send(String with) {
      sent = with;
      Metadata headers = new Metadata();
      if (!with.equals(NONE)) {
        headers.put(TOKEN, with);
      }
      tell(metadata -> metadata.apply(headers));
    }

    private void fail(Status why) {
      tell(metadata -> metadata.fail(why));
    }

    private void tell(Consumer<MetadataApplier> outcome) {
      MetadataApplier metadata = applier;
      if (metadata != null) {
        outcome.accept(metadata);
      }
    }
  }

  /**
   * Whether etcd wants another token: it has run out, it was of the time before a restart, or users
   * were changed; or it has users now and had none before.
   */
  static boolean rejected(Status status) {
    String words = String.valueOf(status.getDescription());
    return words.contains("invalid auth token")
        || words.contains("revision of auth store is old")
        || words.contains("user name is empty");
  }

  private void request(Credentials request) {
    String ready;
    Status refused = null;
    Duration deadline = null;
    synchronized (this) {
      ready = token;
      if (ready == null) {
        Instant now = clock.instant();
        Attempts here = attempts.computeIfAbsent(request.member, _ -> new Attempts());
        if (here.running || anotherRuns(now)) {
          waiting.add(request);
        } else if (now.isBefore(here.notBefore)) {
          refused = here.failure;
        } else {
          waiting.add(request);
          here.running = true;
          here.startedAt = now;
          deadline = doubled(DEADLINE, here.failures, DEADLINE_MOST);
        }
      }
    }
    if (ready != null) {
      request.send(ready);
    } else if (refused != null) {
      request.fail(refused);
    } else if (deadline != null) {
      logIn(request.member, request.channel, deadline);
    }
  }

  private boolean anotherRuns(Instant now) {
    return attempts.values().stream()
        .anyMatch(other -> other.running && now.isBefore(other.startedAt.plus(HEDGE)));
  }

  private void logIn(HostPort member, Channel channel, Duration deadline) {
    AuthenticateRequest request =
        AuthenticateRequest.newBuilder()
            .setName(user)
            .setPasswordBytes(ByteString.copyFromUtf8(password.reveal()))
            .build();
    StreamObserver<AuthenticateResponse> answer =
        new StreamObserver<>() {
          @Override
          public void onNext(AuthenticateResponse response) {
            succeeded(member, response.getToken());
          }

          @Override
          public void onError(Throwable error) {
            failed(member, Status.fromThrowable(error), deadline);
          }

          @Override
          public void onCompleted() {}
        };
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(AuthGrpc.getAuthenticateMethod(), options), request, answer);
  }

  private void succeeded(HostPort member, String given) {
    List<Credentials> served;
    synchronized (this) {
      token = given;
      Attempts here = attempts.computeIfAbsent(member, _ -> new Attempts());
      here.running = false;
      here.failures = 0;
      here.notBefore = Instant.MIN;
      served = List.copyOf(waiting);
      waiting.clear();
    }
    served.forEach(each -> each.send(given));
  }

  private void failed(HostPort member, Status status, Duration deadline) {
    if (String.valueOf(status.getDescription()).contains("authentication is not enabled")) {
      succeeded(member, NONE);
      return;
    }
    Status why = reason(status, deadline);
    List<Credentials> told;
    synchronized (this) {
      Attempts here = attempts.computeIfAbsent(member, _ -> new Attempts());
      here.running = false;
      here.failure = why;
      boolean unreachable = status.getCode() == Status.Code.UNAVAILABLE;
      Duration pause = unreachable ? UNREACHABLE : doubled(BACKOFF, here.failures, BACKOFF_MOST);
      here.failures += unreachable ? 0 : 1;
      here.notBefore = clock.instant().plus(jittered(pause));
      Predicate<Credentials> over =
          each -> {
            Attempts there = attempts.get(each.member);
            return there == null || !there.running;
          };
      told = waiting.stream().filter(over).toList();
      waiting.removeIf(over);
    }
    told.forEach(each -> each.fail(why));
  }

  /** As what the requests fail that have waited: gRPC takes few codes for that. */
  private Status reason(Status status, Duration deadline) {
    return switch (status.getCode()) {
      case UNAVAILABLE -> status;
      case DEADLINE_EXCEEDED ->
          Status.UNAVAILABLE.withDescription(
              "no answer to the login as %s within %d s".formatted(user, deadline.toSeconds()));
      default -> {
        String description = status.getDescription();
        yield Status.UNAUTHENTICATED.withDescription(
            description != null ? description : status.getCode().toString());
      }
    };
  }

  private synchronized void forget(String rejected) {
    if (rejected.equals(token)) {
      token = null;
    }
  }

  private static Duration doubled(Duration first, int times, Duration most) {
    Duration value = first.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
    return value.compareTo(most) > 0 ? most : value;
  }

  /** So that all nodes do not come at the same moment. */
  private static Duration jittered(Duration pause) {
    return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1));
  }
}
