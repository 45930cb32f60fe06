package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.trunkline.healthcheck.dcs.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One member of etcd, with a channel of its own: a hung one delays nobody. */
final class EtcdEndpoint {
  /** jetcd tries twice, each time within the deadline of a read; later it has lost the answer. */
  private static final Duration LOST = Duration.ofSeconds(5);

  private final String name;
  private final EtcdLink link;
  private final String prefix;
  private final Executor loop;

  EtcdEndpoint(String name, EtcdLink link, String prefix, Executor loop) {
    this.name = name;
    this.link = link;
    this.prefix = prefix;
    this.loop = loop;
    var _ = link.connection(); // what takes long in it is done here, before the loop has it
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
    return link.busy();
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
    return link.connection()
        .client()
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
    link.close();
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

  private void get(ByteSequence key, GetOption option, Reply reply) {
    EtcdLink.Connection asked = link.connection();
    asked.asked();
    var _ =
        ask(asked.client(), key, option)
            .orTimeout(LOST.toMillis(), TimeUnit.MILLISECONDS)
            .whenCompleteAsync(
                (answer, error) -> {
                  if (error == null) {
                    asked.answered();
                    reply.on(answer, null);
                  } else {
                    reply.on(null, asked.failed(error));
                  }
                },
                loop);
  }

  private static CompletableFuture<GetResponse> ask(
      Client client, ByteSequence key, GetOption option) {
    try {
      return client.getKVClient().get(key, option);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
