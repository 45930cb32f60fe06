package io.trunkline.loadtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** etcd through its JSON gateway, on whichever member answers. */
final class EtcdClient {
  static final int PORT = 2379;
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final Http http;
  private final List<String> addresses;

  EtcdClient(Http http, List<String> addresses) {
    this.http = http;
    this.addresses = addresses;
  }

  List<String> addresses() {
    return addresses;
  }

  /** The value of a key, read through the quorum. */
  Optional<String> get(String key) {
    JsonNode kv = call("/v3/kv/range", Map.of("key", encode(key))).path("kvs").path(0);
    return kv.isMissingNode() ? Optional.empty() : Optional.of(decode(kv.path("value")));
  }

  void put(String key, String value) {
    call("/v3/kv/put", Map.of("key", encode(key), "value", encode(value)));
  }

  void delete(String key) {
    call("/v3/kv/deleterange", Map.of("key", encode(key)));
  }

  /** Whether this member sees a quorum. */
  boolean healthy(String address) {
    try {
      return http.send("GET", address, PORT, "/health", null, LIMIT).ok();
    } catch (IOException e) {
      return false;
    }
  }

  boolean answers() {
    return addresses.stream().anyMatch(this::healthy);
  }

  private JsonNode call(String path, Map<String, String> body) {
    IOException last = new IOException("no etcd member");
    for (String address : addresses) {
      try {
        Http.Reply reply = http.send("POST", address, PORT, path, Json.of(body), LIMIT);
        if (reply.ok()) {
          return Json.parse(reply.body());
        }
        last = new IOException(address + ": " + reply);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new LabException("no etcd member answers " + path, last);
  }

  static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String decode(JsonNode value) {
    return new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8);
  }
}
