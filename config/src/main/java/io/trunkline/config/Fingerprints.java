package io.trunkline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What files hold, as short as can be. Unlike a time of modification it also tells that a file can
 * be read now, and that another one was put in its place.
 */
public final class Fingerprints {
  private Fingerprints() {}

  /** One for each file; two are equal if the files hold the same, or cannot be read. Blocks. */
  public static List<String> of(List<Path> files) {
    return files.stream().map(Fingerprints::of).toList();
  }

  private static String of(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      return "unreadable";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
