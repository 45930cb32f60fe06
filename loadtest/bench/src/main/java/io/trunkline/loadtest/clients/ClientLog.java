package io.trunkline.loadtest.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client program wrote down; see {@code loadtest/lab/clients/programs/attempts.py}.
 *
 * @param version what it is, in its own words
 */
record ClientLog(String version, List<Attempt> attempts) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SECOND = 1_000_000_000;

  /** Reads the whole lines; the program may be writing. */
  static ClientLog read(Path file) {
    try {
      return Files.exists(file) ? parse(Files.readString(file)) : new ClientLog("", List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ClientLog parse(String text) {
    String version = "";
    List<Attempt> attempts = new ArrayList<>();
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
      if (!line.isEmpty()) {
        JsonNode node = json(line);
        if (node.has("version")) {
          version = node.path("version").asText();
        } else {
          attempts.add(attempt(node));
        }
      }
    }
    return new ClientLog(version, List.copyOf(attempts));
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not an attempt: " + line, e);
    }
  }

  private static Attempt attempt(JsonNode node) {
    Failure failure =
        node.has("type")
            ? new Failure(
                node.path("type").asText(),
                node.path("state").asText(null),
                node.path("message").asText(""))
            : null;
    return new Attempt(
        node.path("id").asLong(),
        node.path("session").asLong(),
        moment(node.path("start").asLong()),
        moment(node.path("end").asLong()),
        failure);
  }

  private static Instant moment(long nanos) {
    return Instant.ofEpochSecond(nanos / SECOND, nanos % SECOND);
  }
}
