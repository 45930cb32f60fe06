package io.trunkline.healthcheck.dcs.etcd;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.trunkline.healthcheck.dcs.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A member of etcd, with a channel of its own: a hung one delays nobody. */
final class JetcdEndpoint implements EtcdEndpoint {
  /** jetcd tries twice, each time within the deadline of a read; later it has lost the answer. */
  private static final Duration LOST = Duration.ofSeconds(5);

  private final String name;
  private final EtcdLink link;
  private final String prefix;
  private final Executor loop;
  private final Executor workers;

  /**
   * @param loop runs tasks on the observer's loop
   * @param workers for what blocks
   */
  JetcdEndpoint(String name, EtcdLink link, String prefix, Executor loop, Executor workers) {
    this.name = name;
    this.link = link;
    this.prefix = prefix;
    this.loop = loop;
    this.workers = workers;
    var _ = link.connection(); // what takes long in it is done here, before the loop has it
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean busy() {
    return link.busy();
  }

  @Override
  public void read(String key, Reply reply) {
    get(prefix + key, GetOption.DEFAULT, reply);
  }

  @Override
  public void readAll(Reply reply) {
    get(prefix, GetOption.builder().isPrefix(true).build(), reply);
  }

  @Override
  public Runnable watch(long revision, Watcher watcher) {
    Watch.Watcher watch =
        link.connection()
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
                Watch.listener(
                    response -> loop.execute(() -> watcher.onChanges(changes(response))),
                    error -> loop.execute(() -> watcher.onEnded(EtcdLink.describe(error))),
                    () -> loop.execute(() -> watcher.onEnded("completed"))));
    return () -> workers.execute(watch::close); // takes jetcd's lock
  }

  @Override
  public void close() {
    link.close();
  }

  private List<Change> changes(WatchResponse response) {
    List<Change> changes = new ArrayList<>();
    for (WatchEvent event : response.getEvents()) {
      KeyValue kv = event.getKeyValue();
      key(kv)
          .ifPresent(
              key -> {
                switch (event.getEventType()) {
                  case PUT ->
                      changes.add(new Change(key, Optional.of(entry(kv)), kv.getModRevision()));
                  case DELETE ->
                      changes.add(new Change(key, Optional.empty(), kv.getModRevision()));
                  case UNRECOGNIZED -> {}
                }
              });
    }
    return changes;
  }

  private Answer answer(GetResponse response) {
    Map<String, Entry> entries = new HashMap<>();
    for (KeyValue kv : response.getKvs()) {
      key(kv).ifPresent(key -> entries.put(key, entry(kv)));
    }
    return new Answer(response.getHeader().getRevision(), entries);
  }

  /** The key's name without the prefix. */
  private Optional<String> key(KeyValue kv) {
    String key = kv.getKey().toString(StandardCharsets.UTF_8);
    return key.startsWith(prefix) ? Optional.of(key.substring(prefix.length())) : Optional.empty();
  }

  private static Entry entry(KeyValue kv) {
    return Entry.of(kv.getValue().getBytes(), kv.getCreateRevision(), kv.getModRevision());
  }

  private void get(String key, GetOption option, Reply reply) {
    link.ask(
        client -> client.getKVClient().get(EtcdLink.utf8(key), option),
        LOST,
        loop,
        (response, failure) ->
            reply.on(
                response == null ? null : answer(response),
                failure == null ? null : failure.reason()));
  }
}
