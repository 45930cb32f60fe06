package io.trunkline.daemon.cli;

import io.trunkline.daemon.admin.UnpublishedSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The daemons that run on this machine, whatever configuration each was started with: the kernel
 * tells which Unix sockets are listened on, and the name that a daemon has bound its own by tells
 * which process it is.
 */
final class RunningDaemons {
  /** {@code __SO_ACCEPTCON} among the flags: the socket is listened on. */
  private static final String LISTENING = "00010000";

  private final Path proc;
  private final List<String> trusted;

  RunningDaemons() {
    this(Path.of("/proc"), List.of("root", "trunkline", System.getProperty("user.name")));
  }

  /**
   * @param proc where proc(5) is
   * @param trusted whose sockets count: anybody can listen on one that looks like a daemon's
   */
  RunningDaemons(Path proc, List<String> trusted) {
    this.proc = proc;
    this.trusted = List.copyOf(trusted);
  }

  /** Their control sockets; none where this cannot be told. */
  Set<Path> sockets() {
    Set<Path> sockets = new TreeSet<>();
    for (String line : read(proc.resolve("net/unix")).lines().toList()) {
      // Num RefCount Protocol Flags Type St Inode Path
      String[] columns = line.split("\\s+", 8);
      if (columns.length == 8 && columns[3].equals(LISTENING)) {
        UnpublishedSocket.parse(columns[7])
            .filter(draft -> isDaemon(draft.process()) && isTrusted(draft.socket()))
            .ifPresent(draft -> sockets.add(draft.socket()));
      }
    }
    return sockets;
  }

  private boolean isDaemon(long process) {
    List<String> words = Arrays.asList(read(proc.resolve(process + "/cmdline")).split("\0", -1));
    return words.contains("run")
        && words.stream().anyMatch(word -> word.endsWith("/trunkline.jar"));
  }

  private boolean isTrusted(Path socket) {
    try {
      return trusted.contains(Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS).getName());
    } catch (IOException e) {
      return false;
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
