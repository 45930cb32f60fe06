package io.trunkline.loadtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Watches Patroni's prefix on every etcd member at once. Of the reports of one change the earliest
 * counts, so a member that is cut off or dead takes nothing away.
 */
final class KeyWatch implements AutoCloseable {
  private static final long RETRY_MILLIS = 200;

  private final Http http;
  private final String prefix;
  private final Map<Change, KeyEvent> events = new ConcurrentHashMap<>();
  private final List<InputStream> streams = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  private record Change(long revision, String key) {}

  KeyWatch(Http http, EtcdClient etcd, String prefix) {
    this.http = http;
    this.prefix = prefix;
    for (String address : etcd.addresses()) {
      threads.add(Thread.ofPlatform().daemon().name("watch-" + address).start(() -> run(address)));
    }
  }

  /** Everything heard so far, in the order in which etcd applied it. */
  List<KeyEvent> events() {
    return events.values().stream().sorted(Comparator.comparingLong(KeyEvent::revision)).toList();
  }

  /** Opens every stream anew: one that was cut in silence would stay deaf for ever. */
  void reopen() {
    for (InputStream stream : streams) {
      close(stream);
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    reopen();
  }

  private void run(String address) {
    while (!closed) {
      try (InputStream stream = http.stream(address, EtcdClient.PORT, "/v3/watch", request())) {
        streams.add(stream);
        read(new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8)));
        streams.remove(stream);
      } catch (IOException | LabException e) {
        if (!sleep()) {
          return;
        }
      }
    }
  }

  /** From the store's first revision: whatever happened before the stream opened comes first. */
  private String request() {
    long next = events.keySet().stream().mapToLong(Change::revision).max().orElse(0) + 1;
    Map<String, Object> create =
        Map.of(
            "key", EtcdClient.encode(prefix),
            "range_end", EtcdClient.encode(endOf(prefix)),
            "start_revision", next);
    return Json.of(Map.of("create_request", create));
  }

  /** The first key after all those that begin with the prefix. */
  private static String endOf(String prefix) {
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }

  private void read(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
      Instant at = Instant.now();
      for (JsonNode event : Json.parse(line).path("result").path("events")) {
        JsonNode kv = event.path("kv");
        String key = EtcdClient.decode(kv.path("key")).substring(prefix.length());
        boolean gone = event.path("type").asText().equals("DELETE");
        long revision = kv.path("mod_revision").asLong();
        String text = gone ? null : EtcdClient.decode(kv.path("value"));
        events.merge(
            new Change(revision, key),
            new KeyEvent(revision, key, text, at),
            (a, b) -> a.at().isAfter(b.at()) ? b : a);
      }
    }
  }

  private static boolean sleep() {
    try {
      Thread.sleep(RETRY_MILLIS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static void close(InputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      System.getLogger(KeyWatch.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
    }
  }
}
