package io.trunkline.daemon.admin;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name that a control socket is bound by before it is moved into its place. The kernel goes on
 * telling it in {@code /proc/net/unix}.
 *
 * @param socket its place
 * @param process of the daemon
 */
public record UnpublishedSocket(Path socket, long process) {
  private static final Pattern NAME = Pattern.compile("\\.(.+)\\.(\\d{1,10})");

  Path path() {
    return socket.resolveSibling("." + socket.getFileName() + "." + process);
  }

  /** What was bound by that path, if it can have been a control socket. */
  public static Optional<UnpublishedSocket> parse(String path) {
    try {
      Path bound = Path.of(path);
      Matcher name = NAME.matcher(String.valueOf(bound.getFileName()));
      return name.matches() && bound.isAbsolute()
          ? Optional.of(
              new UnpublishedSocket(
                  bound.resolveSibling(name.group(1)), Long.parseLong(name.group(2))))
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
