package io.trunkline.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a secret that stands in the file itself or, as {@code NAME_file}, in one of its own. */
final class Secrets {
  private static final int LARGEST = 4096;

  private Secrets() {}

  static Optional<Secret> read(MappingReader in, String key) {
    String twin = key + "_file";
    if (in.has(key)) {
      in.refuse(twin, "is given beside " + key + "; keep one of them");
    }
    Optional<Secret> inline = in.value(key).map(value -> new Secret(value.text()));
    Optional<Secret> fromFile = in.file(twin).flatMap(file -> contents(in, twin, file));
    return inline.or(() -> fromFile);
  }

  /** One line; its end is not part of the secret. */
  private static Optional<Secret> contents(MappingReader in, String key, Path file) {
    String problem;
    try (InputStream stream = Files.newInputStream(file)) {
      String text = new String(stream.readNBytes(LARGEST + 1), StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      if (text.isBlank()) {
        problem = "is empty";
      } else if (lines.size() > 1 || text.length() > LARGEST) {
        problem = "holds more than one line; a secret is one line";
      } else {
        return Optional.of(new Secret(lines.getFirst()));
      }
    } catch (IOException | SecurityException e) {
      problem = Files.isDirectory(file) ? "is a directory; name a file" : Unreadable.because(e);
    }
    in.problem(key, file + " " + problem);
    return Optional.empty();
  }
}
