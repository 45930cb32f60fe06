package io.trunkline.daemon.admin;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file of the control socket. It appears under its name only when it has its permissions; one
 * that a dead daemon left behind is replaced, one that somebody answers on is not.
 */
final class ControlSocket {
  private static final String MODE = "rw-rw----";
  private static final int LONGEST = 100;

  private final Path path;
  private @Nullable Path draft;
  private @Nullable Object identity;

  ControlSocket(Path path) {
    this.path = path;
  }

  /**
   * Where to bind, in the same directory.
   *
   * @param succeeds the daemon that answers there is to be succeeded
   */
  Path prepare(boolean succeeds) throws IOException {
    Path draft = new UnpublishedSocket(path, ProcessHandle.current().pid()).path();
    if (draft.toString().length() > LONGEST) {
      throw new IOException("its path is too long for a Unix socket");
    }
    makeDirectory(path.toAbsolutePath().getParent());
    if (!succeeds && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      checkReplaceable();
    }
    Files.deleteIfExists(draft);
    this.draft = draft;
    return draft;
  }

  /** What systemd makes for the service (RuntimeDirectory) is made here for a start by hand. */
  private static void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    } catch (IOException e) {
      throw new IOException("its directory does not exist and cannot be made", e);
    }
  }

  /** Puts what was bound in its place. */
  void publish(Path draft) throws IOException {
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(MODE));
    try {
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("it cannot be moved into its place", e);
    }
    identity = inode();
  }

  /** Removes the file, unless it is another daemon's by now. */
  void remove() throws IOException {
    if (draft != null) {
      Files.deleteIfExists(draft);
    }
    if (identity != null && identity.equals(inode())) {
      Files.deleteIfExists(path);
    }
  }

  private void checkReplaceable() throws IOException {
    int type = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000;
    if (type != 0140000) {
      throw new IOException("there is a file of that name that is not a socket");
    }
    if (answers()) {
      throw new IOException("another trunkline answers there");
    }
  }

  private boolean answers() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  private @Nullable Object inode() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    Map<String, Object> stat =
        Files.readAttributes(path, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
    return stat.get("dev") + ":" + stat.get("ino");
  }
}
