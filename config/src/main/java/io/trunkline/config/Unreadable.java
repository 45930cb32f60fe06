package io.trunkline.config;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Says in words why a file could not be read. */
final class Unreadable {
  private Unreadable() {}

  static String because(Exception failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "does not exist";
      case AccessDeniedException denied ->
          "may not be read by user " + System.getProperty("user.name") + "; check its permissions";
      case FileSystemException other ->
          "cannot be read: "
              + Optional.ofNullable(other.getReason()).orElse(other.getClass().getSimpleName());
      default ->
          "cannot be read: "
              + Optional.ofNullable(failure.getMessage())
                  .orElse(failure.getClass().getSimpleName());
    };
  }
}
