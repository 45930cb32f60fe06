package io.trunkline.config;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a configuration is checked against besides itself. */
record Machine(Set<String> networkInterfaces, String hostName, Instant now) {

  /** This machine, now. */
  static Machine here() {
    return new Machine(interfaces(), host(), Instant.now());
  }

  /** The kernel's list, which has those without addresses too. */
  private static Set<String> interfaces() {
    Path list = Path.of("/sys/class/net");
    if (Files.isDirectory(list)) {
      try (Stream<Path> entries = Files.list(list)) {
        return entries
            .filter(Files::isDirectory)
            .map(entry -> String.valueOf(entry.getFileName()))
            .collect(Collectors.toCollection(TreeSet::new));
      } catch (IOException | SecurityException e) {
        // The JDK's list is the second best.
      }
    }
    try {
      return NetworkInterface.networkInterfaces()
          .map(NetworkInterface::getName)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (SocketException e) {
      return Set.of();
    }
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
    }
  }
}
