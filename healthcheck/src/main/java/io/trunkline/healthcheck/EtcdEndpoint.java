package io.trunkline.healthcheck;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One member of etcd, with a channel of its own: a hung one delays nobody.
 *
 * <p>gRPC lets a channel that failed wait ever longer (up to two minutes) before it dials again,
 * and jetcd offers no way to hurry it: so a channel that keeps failing is replaced.
 */
final class EtcdEndpoint {
  private static final Duration REDIAL = Duration.ofSeconds(2);

  private final String name;
  private final Supplier<Client> clients;
  private final String prefix;
  private final Executor loop;
  private final InstantSource clock;
  private Client client;
  private Instant dialledAt;
  private boolean failing;
  private int outstanding;

  EtcdEndpoint(
      String name, Supplier<Client> clients, String prefix, Executor loop, InstantSource clock) {
    this.name = name;
    this.clients = clients;
    this.prefix = prefix;
    this.loop = loop;
    this.clock = clock;
    this.client = clients.get();
    this.dialledAt = clock.instant();
  }

  /** Takes an answer or a failure, on the loop. */
  interface Reply {
    void on(@Nullable GetResponse answer, @Nullable String failure);
  }

  String name() {
    return name;
  }

  /** Whether a question is still open. */
  boolean busy() {
    return outstanding > 0;
  }

  /** A linearizable read of one key. */
  void read(String key, Reply reply) {
    get(bytes(prefix + key), GetOption.DEFAULT, reply);
  }

  /** A linearizable read of all keys. */
  void readAll(Reply reply) {
    get(bytes(prefix), GetOption.builder().isPrefix(true).build(), reply);
  }

  /** Watches all keys from that revision on. */
  Watch.Watcher watch(long revision, Watch.Listener listener) {
    return client
        .getWatchClient()
        .watch(
            bytes(prefix),
            WatchOption.builder()
                .isPrefix(true)
                .withRevision(revision)
                .withRequireLeader(true)
                .withProgressNotify(true)
                .build(),
            listener);
  }

  void close() {
    client.close();
  }

  /** The entries of an answer by key, without the prefix. */
  Map<String, Entry> entries(GetResponse answer) {
    Map<String, Entry> entries = new HashMap<>();
    for (KeyValue kv : answer.getKvs()) {
      key(kv).ifPresent(key -> entries.put(key, entry(kv)));
    }
    return entries;
  }

  /** The key's name without the prefix. */
  Optional<String> key(KeyValue kv) {
    String key = kv.getKey().toString(StandardCharsets.UTF_8);
    return key.startsWith(prefix) ? Optional.of(key.substring(prefix.length())) : Optional.empty();
  }

  static Entry entry(KeyValue kv) {
    return Entry.of(kv.getValue().getBytes(), kv.getCreateRevision(), kv.getModRevision());
  }

  /** What went wrong, in a line. */
  static String describe(Throwable error) {
    String last = error.toString();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatusRuntimeException status) {
        String description = status.getStatus().getDescription();
        if (status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
          return "no answer in time";
        }
        last = description != null ? description : status.getStatus().getCode().toString();
      } else if (cause.getMessage() != null && cause.getCause() == null) {
        last = cause.getMessage();
      }
    }
    return last.lines().findFirst().orElse(last);
  }

  private void get(ByteSequence key, GetOption option, Reply reply) {
    redialIfStuck();
    outstanding++;
    var _ =
        client
            .getKVClient()
            .get(key, option)
            .whenCompleteAsync(
                (answer, error) -> {
                  outstanding--;
                  failing = error != null;
                  reply.on(answer, error == null ? null : describe(error));
                },
                loop);
  }

  private void redialIfStuck() {
    if (failing && clock.instant().isAfter(dialledAt.plus(REDIAL))) {
      client.close();
      client = clients.get();
      dialledAt = clock.instant();
      failing = false;
    }
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
