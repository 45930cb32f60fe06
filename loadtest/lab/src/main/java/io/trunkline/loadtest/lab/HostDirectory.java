package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The host's side of a lab: one directory per node, mounted as {@code /lab}, in memory. The data
 * survives the death of its container, fsync stays on and costs nothing, and the test JVM reads
 * logs and timestamps of a node that is cut off or dead.
 */
final class HostDirectory {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "trunkline-lab-";
  private static final long ENOUGH = 2L << 30;

  private final Path root;

  private HostDirectory(Path root) {
    this.root = root;
  }

  static HostDirectory create(String id) {
    try {
      boolean memory = Files.isDirectory(MEMORY) && MEMORY.toFile().getUsableSpace() > ENOUGH;
      Path parent = memory ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
      Path root = Files.createDirectory(parent.resolve(PREFIX + id));
      Files.writeString(root.resolve("owner"), Owner.self().toString());
      return new HostDirectory(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return root;
  }

  /** The node's directory, with the folders that its image expects. */
  Path forNode(String name) {
    try {
      Path directory = root.resolve(name);
      for (String folder : List.of("etc", "log", "run", "data")) {
        Files.createDirectories(directory.resolve(folder));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> all() {
    return Stream.of(MEMORY, Path.of(System.getProperty("java.io.tmpdir")))
        .filter(Files::isDirectory)
        .flatMap(parent -> matching(parent).stream())
        .toList();
  }

  /** Whether nobody needs it. One without an owner may be just being made by another lab. */
  static boolean abandoned(Path directory) {
    Optional<Owner> owner = owner(directory);
    return owner.isPresent() ? !owner.get().alive() : olderThanAMinute(directory);
  }

  private static Optional<Owner> owner(Path directory) {
    try {
      return Optional.of(Owner.parse(Files.readString(directory.resolve("owner"))));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean olderThanAMinute(Path directory) {
    try {
      Instant changed = Files.getLastModifiedTime(directory).toInstant();
      return changed.isBefore(Instant.now().minus(Duration.ofMinutes(1)));
    } catch (IOException e) {
      return false; // it is gone
    }
  }

  private static List<Path> matching(Path parent) {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(p -> p.getFileName().toString().startsWith(PREFIX)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
