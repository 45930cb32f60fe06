package io.trunkline.daemon.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file that a command writes and that may hold secrets.
 *
 * @param force over one that exists, whose owner and mode stay
 */
record NewFile(Path path, boolean force) {
  void write(String text) throws IOException {
    if (!(force && Files.exists(path))) {
      try {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
      } catch (FileAlreadyExistsException e) {
        throw new IOException(path + " exists; name another file, or say --force", e);
      } catch (IOException e) {
        throw new IOException(path + " cannot be written: " + e, e);
      }
    }
    Files.writeString(path, text);
  }
}
