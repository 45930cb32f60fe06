package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.TlsWatcher.News;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What certbot, cert-manager and hands do to files. */
class TlsWatcherTest {
  @TempDir private Path directory;
  private final List<TlsMaterial> used = new ArrayList<>();
  private TlsWatcher watcher;

  /** As kubelet writes a secret: each file is a link through {@code ..data}. */
  @BeforeEach
  void begin() throws IOException {
    fill("first", "ec");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("first"));
    Files.createSymbolicLink(directory.resolve("tls.crt"), Path.of("..data/tls.crt"));
    Files.createSymbolicLink(directory.resolve("tls.key"), Path.of("..data/tls.key"));
    watcher =
        new TlsWatcher(
            new TlsFiles(
                Optional.empty(),
                Optional.of(directory.resolve("tls.crt")),
                Optional.of(directory.resolve("tls.key"))),
            used::add);
    assertThat(watcher.look()).isEqualTo(new News.None());
    assertThat(used).hasSize(1);
    assertThat(watcher.look()).isEqualTo(new News.None());
    assertThat(used).hasSize(1);
  }

  private void fill(String name, String pair) throws IOException {
    Files.createDirectories(directory.resolve(name));
    copy(pair + ".crt", name + "/tls.crt");
    copy(pair + ".key", name + "/tls.key");
  }

  private void copy(String pem, String to) throws IOException {
    Files.copy(Loading.pem(pem), directory.resolve(to), StandardCopyOption.REPLACE_EXISTING);
  }

  private String inUse() {
    return used.getLast().chain().getFirst().getPublicKey().getAlgorithm();
  }

  @Test
  void a_link_that_is_swapped() throws IOException {
    fill("second", "rsa");
    Files.createSymbolicLink(directory.resolve("..new"), Path.of("second"));
    Files.move(
        directory.resolve("..new"), directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    assertThat(watcher.look()).isEqualTo(new News.Renewed());
    assertThat(inUse()).isEqualTo("RSA");
    assertThat(watcher.validities()).isEqualTo(used.getLast().validities()).hasSize(1);
  }

  @Test
  void half_of_a_renewal_waits_for_the_other_half() throws IOException {
    copy("rsa.crt", "first/tls.crt");
    String why =
        directory.resolve("tls.key")
            + " does not belong to the certificate; use the key it was issued for; what was read"
            + " before stays in use";
    assertThat(watcher.look()).isEqualTo(new News.Refused(why, true));
    assertThat(watcher.look()).as("told once").isEqualTo(new News.None());
    assertThat(inUse()).isEqualTo("EC");
    FileTime stamp = Files.getLastModifiedTime(directory.resolve("first/tls.key"));
    copy("rsa.key", "first/tls.key");
    Files.setLastModifiedTime(directory.resolve("first/tls.key"), stamp);
    assertThat(watcher.look()).isEqualTo(new News.Renewed());
    assertThat(inUse()).isEqualTo("RSA");
  }

  @Test
  void what_is_put_back_ends_the_trouble() throws IOException {
    Files.delete(directory.resolve("first/tls.key"));
    assertThat(watcher.look()).isInstanceOf(News.Refused.class);
    copy("rsa.key", "first/tls.key");
    assertThat(watcher.look()).as("another reason is told").isInstanceOf(News.Refused.class);
    copy("ec.key", "first/tls.key");
    assertThat(watcher.look()).isEqualTo(new News.Renewed());
  }

  @Test
  void what_nothing_can_be_made_of_is_refused() throws IOException {
    var failing =
        new TlsWatcher(
            TlsFiles.NONE,
            _ -> {
              throw new IOException("no provider");
            });
    assertThat(failing.look()).isEqualTo(new News.Refused("no provider", false));
    assertThat(failing.look()).isEqualTo(new News.None());
    assertThat(failing.validities()).isEmpty();
  }
}
