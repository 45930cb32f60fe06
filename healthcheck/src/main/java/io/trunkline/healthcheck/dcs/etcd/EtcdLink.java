package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.trunkline.config.HostPort;
import io.trunkline.routing.Failures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way to one member of etcd: a client, and another one in its place when it is stuck. Used by
 * one thread.
 *
 * <p>gRPC lets a channel that failed wait ever longer (up to two minutes) before it dials again,
 * and jetcd offers no way to hurry it. One that is only slow is left alone for longer: the next one
 * would have to begin anew. An answer counts for the client that was asked, not for its successor.
 */
final class EtcdLink {
  private static final Duration UNREACHABLE = Duration.ofSeconds(2);
  private static final Duration MUTE = Duration.ofSeconds(10);

  private final EtcdClients clients;
  private final HostPort host;
  private final InstantSource clock;
  private @Nullable Connection current;
  private boolean reached;

  /** What was found out about the port, for as long as nothing has come through. */
  private volatile String found = "";

  EtcdLink(EtcdClients clients, HostPort host, InstantSource clock) {
    this.clients = clients;
    this.host = host;
    this.clock = clock;
  }

  /** Takes an answer, or why there is none. */
  interface Reply<T> {
    void on(@Nullable T answer, @Nullable Failure failure);
  }

  /**
   * Why there is no answer.
   *
   * @param reason in words
   * @param again whether the same request may be answered, as there is another token then
   */
  record Failure(String reason, boolean again) {}

  /**
   * Sends a request.
   *
   * @param limit after which its answer counts as lost
   * @param loop the one thread that uses this
   * @param reply runs there
   */
  <T> void ask(
      Function<Client, CompletableFuture<T>> request,
      Duration limit,
      Executor loop,
      Reply<T> reply) {
    Connection asked = connection();
    asked.open++;
    var _ =
        send(request, asked.client)
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenCompleteAsync(
                (answer, error) -> {
                  asked.open--;
                  if (error == null) {
                    asked.heard();
                    reply.on(answer, null);
                  } else {
                    boolean again = status(error).filter(EtcdLogin::rejected).isPresent();
                    reply.on(null, new Failure(asked.failed(error), again));
                  }
                },
                loop);
  }

  private static <T> CompletableFuture<T> send(
      Function<Client, CompletableFuture<T>> request, Client client) {
    try {
      return request.apply(client);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** One client, and how it fares. */
  final class Connection {
    private final Client client = clients.connect(host);
    private final Instant dialledAt = clock.instant();
    private Instant heardAt = dialledAt;
    private boolean failing;
    private boolean unreachable;
    private String failure = "no answer yet";
    private boolean replaced;
    private boolean diagnosed;
    private int open;

    Client client() {
      return client;
    }

    /** A request has failed; why, in words. */
    private String failed(Throwable error) {
      if (replaced) {
        return failure; // that it was closed is not the reason
      }
      failure = describe(error);
      Optional<Status> status = status(error);
      switch (status.map(Status::getCode).orElse(Status.Code.DEADLINE_EXCEEDED)) {
        case DEADLINE_EXCEEDED, CANCELLED -> failing = true;
        case UNAVAILABLE, INTERNAL -> {
          if (failure.startsWith("etcdserver:")) {
            heard();
          } else {
            failing = true;
            unreachable = true;
            diagnose();
          }
        }
        default -> heard();
      }
      return failure;
    }

    private void diagnose() {
      if (reached) {
        return;
      }
      if (!diagnosed) {
        diagnosed = true;
        clients.diagnose(host, words -> found = words);
      }
      failure = found.isEmpty() ? failure : found;
    }

    private void heard() {
      reached = true;
      found = "";
      heardAt = clock.instant();
      failing = false;
      unreachable = false;
    }

    private boolean stuck() {
      Instant now = clock.instant();
      return failing
          && (unreachable
              ? now.isAfter(dialledAt.plus(UNREACHABLE))
              : now.isAfter(heardAt.plus(MUTE)));
    }
  }

  /** The client to ask now. */
  Connection connection() {
    Connection now = current;
    if (now != null && now.stuck() && !clients.loggingIn(host)) {
      close();
      now = null;
    }
    if (now == null) {
      now = new Connection();
      current = now;
    }
    return now;
  }

  /** Whether a request is on its way by the client that is asked now. */
  boolean busy() {
    return current != null && current.open > 0;
  }

  void close() {
    if (current != null) {
      current.replaced = true;
      current.client.close();
      current = null;
    }
  }

  /** What went wrong, in a line. */
  static String describe(Throwable error) {
    String last = error.toString();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      Optional<Status> status = own(cause);
      if (status.isPresent()) {
        if (status.get().getCode() == Status.Code.DEADLINE_EXCEEDED) {
          return "no answer in time";
        }
        String description = status.get().getDescription();
        last = description != null ? description : status.get().getCode().toString();
      } else if (cause.getMessage() != null && cause.getCause() == null) {
        last = Failures.describe(cause);
      }
    }
    return last.lines().findFirst().orElse(last);
  }

  /** The first status in the chain of causes. */
  private static Optional<Status> status(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      Optional<Status> status = own(cause);
      if (status.isPresent()) {
        return status;
      }
    }
    return Optional.empty();
  }

  private static Optional<Status> own(Throwable error) {
    return switch (error) {
      case StatusRuntimeException status -> Optional.of(status.getStatus());
      case StatusException status -> Optional.of(status.getStatus());
      default -> Optional.empty();
    };
  }

  static ByteSequence utf8(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
