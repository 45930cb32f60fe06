package io.trunkline.healthcheck.dcs.etcd;

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
import java.util.concurrent.Executor;

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

  String name() {
    return name;
  }

  /** Whether a question is still open. */
  boolean busy() {
    return link.busy();
  }

  /** A linearizable read of one key. */
  void read(String key, EtcdLink.Reply<GetResponse> reply) {
    get(prefix + key, GetOption.DEFAULT, reply);
  }

  /** A linearizable read of all keys. */
  void readAll(EtcdLink.Reply<GetResponse> reply) {
    get(prefix, GetOption.builder().isPrefix(true).build(), reply);
  }

  /** Watches all keys from that revision on. */
  Watch.Watcher watch(long revision, Watch.Listener listener) {
    return link.connection()
        .client()
        .getWatchClient()
        .watch(
            EtcdLink.utf8(prefix),
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

  private void get(String key, GetOption option, EtcdLink.Reply<GetResponse> reply) {
    link.ask(client -> client.getKVClient().get(EtcdLink.utf8(key), option), LOST, loop, reply);
  }
}
